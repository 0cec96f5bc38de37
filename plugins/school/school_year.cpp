#include "school/school_year.hpp"

#include <charconv>

#include "text/clean.hpp"
#include "text/dates.hpp"

namespace eschool::school {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || text.front() == '-') return {};
  return value;
}

std::optional<SchoolYear> make(int first) {
  if (first < 1990 || first > 2099) return {};
  const auto start = std::to_string(first), end = std::to_string(first + 1);
  return SchoolYear{start + "/" + end, start + "-09-01", end + "-08-31"};
}

}  // namespace

std::optional<SchoolYear> school_year(std::string_view text) {
  std::string squeezed;
  for (const char c : text::clean(text))
    if (c != ' ') squeezed += c;
  constexpr std::string_view en_dash = "\xE2\x80\x93";
  std::string_view rest = squeezed;
  if (rest.size() < 7) return {};
  const auto first = digits(rest.substr(0, 4));
  rest.remove_prefix(4);
  if (rest.starts_with(en_dash))
    rest.remove_prefix(en_dash.size());
  else if (rest.front() == '/' || rest.front() == '-')
    rest.remove_prefix(1);
  else
    return {};
  if (rest.size() != 4 && rest.size() != 2) return {};
  const auto second = digits(rest);
  if (!first || !second) return {};
  const int next = *first + 1;
  if (*second != (rest.size() == 4 ? next : next % 100)) return {};
  return make(*first);
}

std::optional<SchoolYear> school_year_at(std::string_view date) {
  if (!text::is_iso_date(date)) return {};
  const int year = *digits(date.substr(0, 4));
  return make(date.substr(5, 2) >= "07" ? year : year - 1);
}

bool limits_fit(const SchoolYear& named, std::string_view starts_on, std::string_view ends_on) {
  if (!text::is_iso_date(starts_on) || !text::is_iso_date(ends_on)) return false;
  return starts_on < ends_on && starts_on.substr(0, 4) == named.starts_on.substr(0, 4) &&
         ends_on.substr(0, 4) == named.ends_on.substr(0, 4);
}

}  // namespace eschool::school
