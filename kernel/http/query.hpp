/// The query string of a request as decoded pairs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eschool::http {

class Query {
 public:
  /// Reads `a=1&b=2`: '+' is a space, a key may repeat, a key without '=' has an empty value, empty parts are skipped.
  /// Throws ProblemError (400, "bad_query") for a broken percent sequence, invalid UTF-8 or a NUL.
  explicit Query(std::string_view raw);

  bool has(std::string_view key) const { return first(key).has_value(); }
  /// The first value of the key. The view lives as long as this object.
  std::optional<std::string_view> first(std::string_view key) const;
  std::string_view text(std::string_view key, std::string_view otherwise = {}) const;
  std::vector<std::string_view> all(std::string_view key) const;
  /// The first value as a decimal integer. Nothing when the key is absent. Throws ProblemError (400, "bad_query", the
  /// key named) when the value is not an integer.
  std::optional<std::int64_t> integer(std::string_view key) const;
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

}  // namespace eschool::http
