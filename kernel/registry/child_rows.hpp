/// What a caller reads of one list of child rows: which rows, and a value that changes with them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace eschool::registry {

/// A record shows no more rows of one list than this; a list that is longer is not written as a whole either.
inline constexpr int child_row_limit = 5000;

struct ChildRows {
  std::vector<std::pair<std::int64_t, std::int64_t>> rows;  ///< number and version, in the order of the list
  bool whole = true;                                        ///< false: there are more than child_row_limit

  /// Sixteen hexadecimal digits, other ones as soon as a row is added, changed or gone.
  std::string state() const;
  /// {"shown":600,"whole":true,"state":"…"}
  std::string json() const;
};

}  // namespace eschool::registry
