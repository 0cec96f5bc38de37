/// libpq with nothing over it but ownership: what the limit on PostgreSQL is measured with.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace bench {

struct ClosePostgres {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearPostgres {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Postgres = std::unique_ptr<PGconn, ClosePostgres>;
using PostgresResult = std::unique_ptr<PGresult, ClearPostgres>;

inline PostgresResult checked(PGresult* raw, PGconn* connection) {
  PostgresResult result(raw);
  const auto status = PQresultStatus(raw);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_PIPELINE_SYNC)
    throw std::runtime_error(PQerrorMessage(connection));
  return result;
}

/// `schema` becomes the only one that is searched.
inline Postgres connect(const std::string& connection, const std::string& schema) {
  Postgres database(PQconnectdb(connection.c_str()));
  if (PQstatus(database.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(database.get()));
  if (!schema.empty())
    checked(PQexec(database.get(), ("SET search_path TO \"" + schema + '"').c_str()), database.get());
  return database;
}

/// Under `name`; the parameters are written as SQLite counts them, ?1.
inline void prepare(PGconn* connection, const char* name, std::string sql) {
  for (char& c : sql)
    if (c == '?') c = '$';
  checked(PQprepare(connection, name, sql.c_str(), 0, nullptr), connection);
}

}  // namespace bench
