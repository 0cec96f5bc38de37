#include <fmt/format.h>

#include "kernel/storage/row_guard.hpp"
#include "kernel/storage/session.hpp"
#include "kernel/storage/table_shape.hpp"

namespace eschool::storage {

namespace {

constexpr std::size_t longest_name = 63;

RowGuardState off(const std::string& reader, std::string reason) { return {RowGuard::off, reader, std::move(reason)}; }

bool exists(Session& session, const std::string& reader) {
  return session.integer("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = ?", {reader}) != 0;
}

void create(Session& session, const std::string& reader) {
  session.execute("CREATE ROLE " + quoted_name(reader) + " NOLOGIN");
  // Nobody but a superuser may read as a role that he is no member of.
  if (session.text("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user") != "1")
    session.execute("GRANT " + quoted_name(reader) + " TO CURRENT_USER");
}

}  // namespace

std::string RowCaller::text() const {
  auto text = (person ? std::to_string(person) : "") + ' ' + today;
  for (const auto& role : roles)
    // What would read as several roles is none.
    if (role.find(' ') == std::string::npos) text += ' ' + role;
  return text;
}

std::string reader_role(const Location& location) { return location.schema + "_reader"; }

RowGuardState ready_reader(Session& session, const Location& location) {
  if (session.engine() != Engine::postgresql) return {};
  const auto reader = reader_role(location);
  if (reader.size() > longest_name) return off(reader, "the schema's name is too long for a role's");
  if (!exists(session, reader)) {
    if (session.text("SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user") != "1")
      return off(reader, fmt::format("the role \"{}\" is missing, and this account may not create roles", reader));
    try {
      Savepoint savepoint(session);
      create(session, reader);
      savepoint.release();
    } catch (const Error& error) {
      // Roles are the whole server's: another process or database may have been quicker.
      if (!exists(session, reader)) return off(reader, error.what());
    }
  }
  if (session.text("SELECT pg_catalog.pg_has_role(current_user, ?, 'MEMBER')", {reader}) != "1")
    return off(reader, fmt::format("this account is no member of the role \"{}\"", reader));
  if (session.text("SELECT r.rolsuper OR r.rolbypassrls OR r.rolname = current_user"
                   " OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid)"
                   " FROM pg_catalog.pg_roles r WHERE r.rolname = ?",
                   {reader}) != "0")
    return off(reader, fmt::format("the role \"{}\" has other rights than its own", reader));
  if (session.text("SELECT pg_catalog.has_function_privilege(?, 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')",
                   {reader}) != "0")
    return {RowGuard::loose, reader, "everybody may call pg_catalog.set_config()"};
  return {RowGuard::strict, reader, {}};
}

}  // namespace eschool::storage
