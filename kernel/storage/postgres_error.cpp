#include "kernel/storage/postgres_error.hpp"

#include <string>

namespace eschool::storage {

ErrorKind postgres_error_kind(std::string_view state) {
  if (state == "23505") return ErrorKind::constraint_unique;
  if (state == "23503") return ErrorKind::constraint_foreign;
  if (state.starts_with("23")) return ErrorKind::constraint_other;
  // Another writer of the school holds on to what is wanted; the same again later may go well.
  if (state == "55P03" || state == "40001" || state == "40P01") return ErrorKind::busy;
  if (state == "53100") return ErrorKind::full;
  if (state == "25006") return ErrorKind::read_only;
  if (state == "57014") return ErrorKind::interrupted;
  if (state.starts_with("XX00")) return state == "XX000" ? ErrorKind::other : ErrorKind::corrupt;
  // 08: the connection; 57P: the server stops, starts or was killed; 53: too many connections, no memory.
  if (state.starts_with("08") || state.starts_with("57P") || state.starts_with("53")) return ErrorKind::unavailable;
  return ErrorKind::other;
}

void throw_postgres_error(PGconn* connection, const PGresult* result, std::string_view what) {
  const char* state = result ? ::PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* primary = result ? ::PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  const bool lost = ::PQstatus(connection) != CONNECTION_OK;
  std::string message = "postgresql " +
                        std::string(state  ? state
                                    : lost ? "connection lost"
                                           : "?") +
                        ": " + std::string(primary ? primary : ::PQerrorMessage(connection));
  while (!message.empty() && message.back() == '\n') message.pop_back();
  message += " (";
  message += what;
  message += ')';
  throw Error(lost ? ErrorKind::unavailable : postgres_error_kind(state ? state : ""), message);
}

}  // namespace eschool::storage
