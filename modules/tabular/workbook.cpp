#include "tabular/workbook.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace eschool::tabular {

Cell Cell::of_text(std::string value) {
  Cell cell;
  if (!value.empty()) cell.kind = Kind::text;
  cell.text = std::move(value);
  return cell;
}

Cell Cell::of_number(double value) {
  Cell cell;
  cell.kind = Kind::number;
  cell.text = number_text(value);
  cell.number = value;
  return cell;
}

Cell Cell::of_date(std::string iso) {
  Cell cell;
  if (!iso.empty()) cell.kind = Kind::date;
  cell.text = std::move(iso);
  return cell;
}

std::string column_letters(std::size_t index) {
  std::string letters;
  for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / 26)
    letters.push_back(static_cast<char>('A' + (rest - 1) % 26));
  std::reverse(letters.begin(), letters.end());
  return letters;
}

std::string number_text(double value) {
  // 15 digits, as Excel: 0.1+0.2 must read 0.3, and an eleven-digit СНИЛС must not become 1.2e+10.
  char digits[40];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::general, 15).ptr;
  return {digits, end};
}

}  // namespace eschool::tabular
