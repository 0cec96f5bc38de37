#include "schema/reader.hpp"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <cmath>
#include <limits>

namespace eschool::schema {

bool Reader::parse(std::string_view text, boost::json::value& root) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (auto& problem : scan_json(text, lines_)) {
    errors_.push_back({file_, problem.line, std::move(problem.key), std::move(problem.message)});
    failed_ = true;
  }
  if (failed_) return false;
  // What is left for the parser to find is text that is not UTF-8.
  boost::json::parser parser;
  boost::json::error_code problem;
  const std::size_t read = parser.write_some(text.data(), text.size(), problem);
  if (problem) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(read), '\n');
    errors_.push_back(
        {file_, static_cast<int>(line), "", "текст не в UTF-8 или повреждён (" + problem.message() + ")"});
    return failed_ = true, false;
  }
  root = parser.release();
  return true;
}

void Reader::error(std::string_view key, std::string message) {
  errors_.push_back({file_, line(key), std::string(key), std::move(message)});
  failed_ = true;
}

bool Reader::read(const Json& json, std::string& into) {
  if (!json.value.is_string()) return error(json.key, "ожидалась строка"), false;
  if (json.value.get_string().empty()) return error(json.key, "пустая строка"), false;
  into = json.value.get_string();
  return true;
}

bool Reader::read(const Json& json, bool& into) {
  if (!json.value.is_bool()) return error(json.key, "ожидалось true или false"), false;
  into = json.value.get_bool();
  return true;
}

bool Reader::read(const Json& json, int& into) {
  const auto* number = json.value.if_int64();
  if (!number || *number < 0 || *number > std::numeric_limits<int>::max())
    return error(json.key, "ожидалось целое неотрицательное число"), false;
  into = static_cast<int>(*number);
  return true;
}

bool Reader::read(const Json& json, double& into) {
  if (!json.value.is_number() || !std::isfinite(json.value.to_number<double>()))
    return error(json.key, "ожидалось число"), false;
  into = json.value.to_number<double>();
  return true;
}

bool Reader::read(const Json& json, std::vector<std::string>& into) {
  return items(json, [&](const Json& item) {
    std::string text;
    if (!read(item, text)) return;
    if (std::find(into.begin(), into.end(), text) != into.end())
      return error(item.key, "«" + text + "» указано дважды");
    into.push_back(std::move(text));
  });
}

bool Reader::read(const Json& json, std::vector<std::vector<std::string>>& into) {
  return items(json, [&](const Json& item) {
    std::vector<std::string> group;
    if (read(item, group) && group.empty()) error(item.key, "пустой список");
    into.push_back(std::move(group));
  });
}

}  // namespace eschool::schema
