#include "text/passport_letters.hpp"

#include <array>

#include "text/letters.hpp"
#include "text/utf8.hpp"

namespace eschool::text {

namespace {

constexpr std::array<std::string_view, 32> from_a = {"a",  "b",  "v",  "g",    "d",  "e", "zh", "z", "i",  "i", "k",
                                                     "l",  "m",  "n",  "o",    "p",  "r", "s",  "t", "u",  "f", "kh",
                                                     "ts", "ch", "sh", "shch", "ie", "y", "",   "e", "iu", "ia"};

}  // namespace

std::string passport_letters(std::string_view name) {
  std::string latin;
  for (std::size_t at = 0; at < name.size();) {
    const auto letter = to_lower(next_code_point(name, at));
    if (letter >= U'а' && letter <= U'я')
      latin += from_a[letter - U'а'];
    else if (letter == U'ё')
      latin += 'e';
    else if ((letter >= U'a' && letter <= U'z') || is_digit(letter))
      latin += static_cast<char>(letter);
    else if (is_dash(letter) && !latin.empty() && latin.back() != '-')
      latin += '-';
  }
  while (latin.ends_with('-')) latin.pop_back();
  return latin;
}

}  // namespace eschool::text
