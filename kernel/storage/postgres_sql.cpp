#include "kernel/storage/postgres_sql.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace eschool::storage {

namespace {

bool of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); }

std::string upper(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Where what begins at `at` ends: a quoted text or name, a comment; `at` itself when nothing of that kind begins.
std::size_t skip(std::string_view sql, std::size_t at) {
  const auto to = [&](std::string_view end, std::size_t from) {
    const auto found = sql.find(end, from);
    return found == std::string_view::npos ? sql.size() : found + end.size();
  };
  const char c = sql[at];
  // A doubled quote ends one text and begins the next: the same for where parameters may stand.
  if (c == '\'' || c == '"') return to(std::string_view(&c, 1), at + 1);
  if (sql.substr(at).starts_with("--")) return to("\n", at + 2);
  if (sql.substr(at).starts_with("/*")) return to("*/", at + 2);
  return at;
}

}  // namespace

PostgresSql to_postgres(std::string_view sql) {
  static constexpr std::array<std::string_view, 4> queries{"SELECT", "VALUES", "WITH", "EXPLAIN"};
  static constexpr std::array<std::string_view, 8> changes{"INSERT", "UPDATE",  "DELETE", "MERGE",
                                                           "INTO",   "NEXTVAL", "SETVAL", "SET_CONFIG"};
  PostgresSql result;
  result.text.reserve(sql.size() + 16);
  bool changing = false, query = false;
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (const auto end = skip(sql, at); end != at) {
      if (c == '\'' || c == '"') result.blank = false;
      result.text += sql.substr(at, end - at);
      at = end;
    } else if (c == '?') {
      result.blank = false;
      result.text += '$' + std::to_string(++result.parameters);
      ++at;
    } else if (of_word(c)) {
      auto after = at;
      while (after < sql.size() && of_word(sql[after])) ++after;
      const auto word = upper(sql.substr(at, after - at));
      if (result.blank) query = is_one_of(queries, word);
      if (is_one_of(changes, word)) changing = true;
      result.blank = false;
      result.text += sql.substr(at, after - at);
      at = after;
    } else {
      if (!std::isspace(static_cast<unsigned char>(c)) && c != ';' && c != '(') result.blank = false;
      result.text += c;
      ++at;
    }
  }
  result.read_only = query && !changing;
  return result;
}

}  // namespace eschool::storage
