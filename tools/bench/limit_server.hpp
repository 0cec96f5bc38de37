/// Beast as in its own examples, two threads, one io_context each; no timeouts, no limits, no gate.
#pragma once

#include <cstdint>
#include <string>

#include "limit_routes.hpp"

namespace bench {

struct LimitOptions {
  std::unique_ptr<LimitDatabase> database;
  Question list, get;  ///< `get` may be empty
  std::string write_sql;
  std::uint16_t port = 8090;
  int threads = 2;
};

/// Serves until SIGINT or SIGTERM: GET /ping, GET /list?class=N, GET /get?id=N, POST /write1, POST /writeg, GET
/// /figures.
void serve(const LimitOptions& options);

}  // namespace bench
