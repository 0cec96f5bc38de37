#include "header_reader.hpp"

#include <algorithm>
#include <regex>
#include <set>

namespace eschool::test {
namespace {

std::string even(const std::string& text) {
  static const std::regex spaces("\\s+"), edges("^ | $");
  return std::regex_replace(std::regex_replace(text, spaces, " "), edges, "");
}

/// Splits at semicolons that stand in no braces: the union of es_value is one member.
std::vector<std::string> members_of(const std::string& body) {
  std::vector<std::string> members;
  std::string member;
  int depth = 0;
  for (const char c : body) {
    if (c == '{') ++depth;
    if (c == '}') --depth;
    if (c != ';' || depth > 0) {
      member += c;
      continue;
    }
    members.push_back(even(member));
    member.clear();
  }
  return members;
}

/// These have no `size`, but the arrays they stand in carry a stride.
bool may_grow(const std::string& name, const std::vector<std::string>& members) {
  static const std::set<std::string> elements{"es_route", "es_hook", "es_job", "es_entry"};
  return elements.contains(name) || (!members.empty() && members.front() == "uint32_t size");
}

template <class Map>
void compare(const Map& older, const Map& newer, const char* what, std::vector<std::string>& found) {
  for (const auto& [name, value] : older) {
    // The minor version is there to be raised.
    if (name == "ES_ABI_MINOR") continue;
    const auto now = newer.find(name);
    if (now == newer.end())
      found.push_back(std::string(what) + " " + name + " is gone");
    else if (now->second != value)
      found.push_back(std::string(what) + " " + name + " was " + value + ", is " + now->second);
  }
}

}  // namespace

HeaderText read_header(const std::string& with_comments) {
  static const std::regex comments(R"(/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)");
  const auto text = std::regex_replace(with_comments, comments, "");
  HeaderText header;
  const auto each = [&](const std::string& pattern, const auto& take) {
    const std::regex expression(pattern);
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) take(*match);
  };
  each(R"(typedef struct (\w+) \{([\s\S]*?)\} \1;)",
       [&](const auto& match) { header.structs[match[1]] = members_of(match[2]); });
  each(R"((ES_[A-Z_]+) = (-?\d+))", [&](const auto& match) { header.enumerators[match[1]] = match[2]; });
  each(R"(#define (ES_\w+) (\S+))", [&](const auto& match) { header.macros[match[1]] = match[2]; });
  each(R"(typedef es_status \(\*(\w+)\)[^;]*;)",
       [&](const auto& match) { header.functions[match[1]] = even(match[0]); });
  return header;
}

std::vector<std::string> breaks(const HeaderText& older, const HeaderText& newer) {
  std::vector<std::string> found;
  for (const auto& [name, members] : older.structs) {
    const auto now = newer.structs.find(name);
    if (now == newer.structs.end()) {
      found.push_back("struct " + name + " is gone");
      continue;
    }
    if (now->second.size() > members.size() && !may_grow(name, members))
      found.push_back("struct " + name + " is frozen and has grown");
    for (std::size_t i = 0; i < members.size(); ++i)
      if (i >= now->second.size() || now->second[i] != members[i]) {
        found.push_back("struct " + name + ", slot " + std::to_string(i) + " was \"" + members[i] + "\", is \"" +
                        (i < now->second.size() ? now->second[i] : "") + "\"");
        break;
      }
  }
  compare(older.enumerators, newer.enumerators, "enumerator", found);
  compare(older.macros, newer.macros, "macro", found);
  compare(older.functions, newer.functions, "function type", found);
  return found;
}

}  // namespace eschool::test
