#include <algorithm>
#include <cstdio>

#include "tabular/csv_guard.hpp"
#include "tabular/iso_parts.hpp"
#include "tabular/writer.hpp"

namespace eschool::tabular {
namespace {

std::string date_text(const std::string& iso) {
  const auto parts = parse_iso(iso);
  if (!parts) return iso;
  char text[40];
  if (parts->has_time)
    std::snprintf(text, sizeof text, "%02d.%02d.%04d %02d:%02d:%02d", parts->day, parts->month, parts->year,
                  parts->hour, parts->minute, parts->second);
  else
    std::snprintf(text, sizeof text, "%02d.%02d.%04d", parts->day, parts->month, parts->year);
  return text;
}

void append_field(std::string& csv, std::string_view value) {
  if (value.find_first_of(";\"\r\n") == std::string_view::npos) {
    csv.append(value);
    return;
  }
  csv.push_back('"');
  for (const char c : value) {
    if (c == '"') csv.push_back('"');
    csv.push_back(c);
  }
  csv.push_back('"');
}

void append_text(std::string& csv, std::string text) {
  std::erase(text, '\0');
  if (begins_like_formula(text)) text.insert(0, 1, '\'');
  append_field(csv, text);
}

void append_cell(std::string& csv, const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::empty:
      return;
    case Cell::Kind::number: {
      // Our own digits, so a minus needs no guard.
      std::string digits = number_text(cell.number);
      std::replace(digits.begin(), digits.end(), '.', ',');
      csv.append(digits);
      return;
    }
    case Cell::Kind::date:
      append_text(csv, date_text(cell.text));
      return;
    default:
      append_text(csv, cell.text);
  }
}

}  // namespace

std::string write_csv(std::span<const Column> columns, std::span<const std::vector<Cell>> rows) {
  std::string csv = "\xEF\xBB\xBF";
  const auto separate = [&](std::size_t index) {
    if (index > 0) csv.push_back(';');
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    separate(i);
    append_text(csv, columns[i].header);
  }
  csv += "\r\n";
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      separate(i);
      append_cell(csv, row[i]);
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace eschool::tabular
