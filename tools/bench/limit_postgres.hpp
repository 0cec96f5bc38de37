/// The limit on PostgreSQL: libpq and prepared statements.
#pragma once

#include "limit_routes.hpp"

namespace bench {

class PostgresLimit final : public LimitDatabase {
 public:
  /// `connection` as libpq takes it.
  PostgresLimit(std::string connection, std::string schema)
      : connection_(std::move(connection)), schema_(std::move(schema)) {}
  /// A statement outside of a transaction for each answer: one round trip.
  std::unique_ptr<Reader> reader(const Question& list, const Question& get) const override;
  /// A group goes out as one pipeline: one round trip and one commit for all of it.
  std::unique_ptr<WriteConnections> writes(const std::string& sql) const override;

 private:
  const std::string connection_, schema_;
};

}  // namespace bench
