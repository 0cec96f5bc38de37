#pragma once

#include <string>
#include <string_view>

namespace eschool::storage {

/// A statement as PostgreSQL takes it.
struct PostgresSql {
  std::string text;  ///< `?` outside of quotes and comments has become $1, $2, …
  int parameters = 0;
  bool blank = true;       ///< nothing but spaces, comments and semicolons
  bool read_only = false;  ///< a query without a word that changes anything
};

PostgresSql to_postgres(std::string_view sql);

}  // namespace eschool::storage
