#pragma once

#include <filesystem>
#include <string>

namespace eschool::storage {

enum class Engine { sqlite, postgresql };

/// Where a school's database is: a file of SQLite, or a schema of a PostgreSQL database.
struct Location {
  Location() = default;
  Location(std::filesystem::path its_file) : file(std::move(its_file)) {}  // NOLINT: a path is a location
  Location(std::string its_connection, std::string its_schema)
      : connection(std::move(its_connection)), schema(std::move(its_schema)) {}

  Engine engine() const { return schema.empty() ? Engine::sqlite : Engine::postgresql; }
  /// For messages: the file, or "PostgreSQL schema …"; never the connection, which may hold a password.
  std::string name() const { return schema.empty() ? file.string() : "PostgreSQL schema " + schema; }

  std::filesystem::path file;
  std::string connection;  ///< libpq's: "host=/run/postgresql dbname=eschool" or an URI
  std::string schema;      ///< one school's: letters, digits, '_' and '-', 63 at most
};

}  // namespace eschool::storage
