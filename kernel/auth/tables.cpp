#include "kernel/auth/tables.hpp"

namespace eschool::auth {

void create_tables(storage::Session& session) {
  // A person has one account at most. password: argon2id, or otc1$… for a one-time code, or NULL.
  session.execute(R"(CREATE TABLE IF NOT EXISTS es_account (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL,
    login_key TEXT NOT NULL UNIQUE,
    person INTEGER UNIQUE,
    password TEXT,
    must_change INTEGER NOT NULL DEFAULT 0,
    one_time_expires TEXT,
    enabled INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    last_login_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    last_failure_at TEXT) STRICT)");
  session.execute(R"(CREATE TABLE IF NOT EXISTS es_session (
    hash TEXT NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES es_account (id),
    csrf TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    idle_seconds INTEGER NOT NULL,
    remote TEXT NOT NULL,
    agent TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cookie', 'token')),
    label TEXT NOT NULL) STRICT)");
  session.execute("CREATE INDEX IF NOT EXISTS es_session_account ON es_session (account)");
  session.execute("CREATE INDEX IF NOT EXISTS es_session_expires ON es_session (expires_at)");
  session.execute(R"(CREATE TABLE IF NOT EXISTS es_role_grant (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES es_account (id),
    role TEXT NOT NULL,
    school_year INTEGER,
    order_no TEXT NOT NULL,
    order_date TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    scope INTEGER,
    created_at TEXT NOT NULL,
    created_by INTEGER) STRICT)");
  session.execute("CREATE INDEX IF NOT EXISTS es_role_grant_account ON es_role_grant (account)");
}

}  // namespace eschool::auth
