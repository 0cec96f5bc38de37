/// The security log, the second factor, and why something is allowed or not.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/auth/second_factor.hpp"
#include "kernel/auth/security_log.hpp"

namespace eschool::api {

/// Inside a write body: what the caller did, from where.
void note_deed(Context&, auth::Deed, std::int64_t account, std::string_view login, std::string detail = {});
/// From a reading route: written by itself a moment later, and a kill of the process in that moment loses it.
void note_deed_later(const Context&, auth::Deed, std::string detail);
/// That the caller opened the card of somebody else, when it shows more than a colleague may know; once an hour a card.
void note_card(const Context&, const schema::Registry&, std::int64_t id);

/// Whether a role of the caller asks for a second factor.
bool asks_second_factor(const Context&);
/// Whether the caller may do nothing but set one up: his role asks for it and the installation requires it.
bool lacks_second_factor(const Context&);

/// GET /api/v1/security-log?before=&account=&login=&remote=&from=&to=&deed=&limit=: {items: [{id, at, deed, label,
/// account, login, name, by, by_name, remote, detail}], next, deeds}, the newest first. `login`: of whose account, or
/// of who did it; `from` and `to`: days of the school, both included; the names are those of today, "" for nobody.
/// Throws bad_request for what is no date.
http::Reply list_security_log(Context&);
/// POST /api/v1/session/second-factor: {secret, uri}; nothing is asked for until the code from the phone is confirmed
http::Reply begin_second_factor(Context&);
/// PUT {code}: {recovery_codes}, shown once
http::Reply confirm_second_factor(Context&);
/// DELETE {code}: the own one
http::Reply remove_second_factor(Context&);
/// DELETE /api/v1/accounts/{id}/second-factor: of somebody who lost the phone
http::Reply reset_second_factor(Context&);
/// GET /api/v1/explain?registry=&id=&action=&account=: which roles give the action on the record and which do not
http::Reply explain(Context&);

}  // namespace eschool::api
