/// Beast as in its own examples, two threads, one io_context each; no timeouts, no limits, no gate.
#pragma once

#include <cstdint>
#include <string>

#include "limit_routes.hpp"

namespace bench {

struct LimitOptions {
  std::string database, list_sql, write_sql;
  ListShape shape;
  std::uint16_t port = 8090;
  int threads = 2;
};

/// Serves until SIGINT or SIGTERM: GET /ping, GET /list?class=N, POST /write1, POST /writeg, GET /figures.
void serve(const LimitOptions& options);

}  // namespace bench
