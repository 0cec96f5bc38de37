#include "tabular/number_format.hpp"

#include <cstddef>

namespace eschool::tabular {

DateParts parts_of_builtin_format(int id) {
  if (id >= 14 && id <= 17) return DateParts::date;
  if ((id >= 18 && id <= 21) || id == 45 || id == 47) return DateParts::time;
  if (id == 22) return DateParts::date_and_time;
  return DateParts::none;
}

DateParts parts_of_format_code(std::string_view code) {
  bool date = false;
  bool time = false;
  bool month_or_minute = false;
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    switch (code[i]) {
      case '\\':
      case '_':  // a space as wide as the next sign
      case '*':  // the next sign repeated
        ++i;
        break;
      case '"': {
        const auto close = code.find('"', i + 1);
        if (close == std::string_view::npos) return DateParts::none;
        i = close;
        break;
      }
      case '[': {
        const auto close = code.find(']', i + 1);
        if (close == std::string_view::npos) return DateParts::none;
        const auto inside = code.substr(i + 1, close - i - 1);
        if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) return DateParts::none;
        i = close;
        break;
      }
      case 'd':
      case 'D':
      case 'y':
      case 'Y':
        date = true;
        break;
      case 'h':
      case 'H':
      case 's':
      case 'S':
        time = true;
        break;
      case 'm':
      case 'M':
        month_or_minute = true;
        break;
      case 'G':
      case 'g':
        if (code.substr(i).size() >= 7 && code.substr(i + 1, 6) == "eneral") return DateParts::none;
        break;
      default:
        break;
    }
  }
  if (month_or_minute && !time) date = true;  // m alone is a month; beside h or s it says minutes
  if (date && time) return DateParts::date_and_time;
  return date ? DateParts::date : time ? DateParts::time : DateParts::none;
}

}  // namespace eschool::tabular
