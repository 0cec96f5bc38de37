#include "kernel/auth/tables.hpp"

#include "kernel/auth/second_factor.hpp"
#include "kernel/auth/security_log.hpp"
#include "kernel/storage/change_counter.hpp"

namespace eschool::auth {

void create_tables(storage::Session& session) {
  storage::create_change_counters(session);
  // A person has one account at most. password: argon2id, or otc1$… for a one-time code, or NULL.
  session.define(R"(CREATE TABLE IF NOT EXISTS es_account (
    id {id},
    login {text} NOT NULL,
    login_key {text} NOT NULL UNIQUE,
    person {integer} UNIQUE,
    password {text},
    must_change {integer} NOT NULL DEFAULT 0,
    one_time_expires {text},
    enabled {integer} NOT NULL DEFAULT 1,
    created_at {text} NOT NULL,
    last_login_at {text},
    failures {integer} NOT NULL DEFAULT 0,
    last_failure_at {text}) {strict})");
  session.define(R"(CREATE TABLE IF NOT EXISTS es_session (
    hash {text} NOT NULL PRIMARY KEY,
    account {integer} NOT NULL REFERENCES es_account (id),
    csrf {text} NOT NULL,
    created_at {text} NOT NULL,
    last_seen_at {text} NOT NULL,
    expires_at {text} NOT NULL,
    idle_seconds {integer} NOT NULL,
    remote {text} NOT NULL,
    agent {text} NOT NULL,
    kind {text} NOT NULL,
    label {text} NOT NULL) {strict})");
  session.execute("CREATE INDEX IF NOT EXISTS es_session_account ON es_session (account)");
  session.execute("CREATE INDEX IF NOT EXISTS es_session_expires ON es_session (expires_at)");
  session.define(R"(CREATE TABLE IF NOT EXISTS es_role_grant (
    id {id},
    account {integer} NOT NULL REFERENCES es_account (id),
    role {text} NOT NULL,
    school_year {integer},
    order_no {text} NOT NULL,
    order_date {text} NOT NULL,
    valid_from {text} NOT NULL,
    valid_to {text},
    scope {integer},
    created_at {text} NOT NULL,
    created_by {integer}) {strict})");
  session.execute("CREATE INDEX IF NOT EXISTS es_role_grant_account ON es_role_grant (account)");
  // What is to be granted for a school year once it is approved. scope_before: the class of the year before, 0: none.
  session.define(R"(CREATE TABLE IF NOT EXISTS es_role_draft (
    id {id},
    account {integer} NOT NULL REFERENCES es_account (id),
    role {text} NOT NULL,
    year {integer} NOT NULL,
    scope {integer} NOT NULL,
    scope_before {integer} NOT NULL,
    created_at {text} NOT NULL,
    created_by {integer}) {strict})");
  // A role that the school made for itself: an object as in etc/roles.json.
  session.define(R"(CREATE TABLE IF NOT EXISTS es_own_role (
    id {text} NOT NULL PRIMARY KEY,
    definition {text} NOT NULL,
    changed_at {text} NOT NULL,
    changed_by {integer}) {strict})");
  create_security_log(session);
  create_second_factor(session);
}

}  // namespace eschool::auth
