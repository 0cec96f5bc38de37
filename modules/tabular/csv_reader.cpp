#include "tabular/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "tabular/csv_guard.hpp"

namespace eschool::tabular {
namespace {

constexpr int kRecordsToGuessFrom = 50;

/// Takes fields off the text one by one.
class Scanner {
 public:
  enum class After : std::uint8_t { field, record, end };

  Scanner(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  bool at_end() const { return rest_.empty(); }
  bool quote_left_open() const { return quote_left_open_; }

  /// Reads a field into `value` and tells what it was followed by.
  After field(std::string& value) {
    value.clear();
    if (!rest_.empty() && rest_.front() == '"') quoted(value);
    const auto stop = std::min(rest_.find_first_of(stops_), rest_.size());
    value.append(rest_.substr(0, stop));  // after a closing quote: kept, as spreadsheets do
    rest_.remove_prefix(stop);
    if (rest_.empty()) return After::end;
    const char mark = rest_.front();
    rest_.remove_prefix(1);
    if (mark == separator_) return After::field;
    if (mark == '\r' && !rest_.empty() && rest_.front() == '\n') rest_.remove_prefix(1);
    return After::record;
  }

 private:
  void quoted(std::string& value) {
    rest_.remove_prefix(1);
    for (;;) {
      const auto quote = rest_.find('"');
      if (quote == std::string_view::npos) {
        quote_left_open_ = true;
        rest_ = {};
        return;
      }
      value.append(rest_.substr(0, quote));
      rest_.remove_prefix(quote + 1);
      if (rest_.empty() || rest_.front() != '"') return;
      value.push_back('"');
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  char separator_;
  std::array<char, 3> marks_ = {separator_, '\r', '\n'};
  std::string_view stops_{marks_.data(), marks_.size()};
  bool quote_left_open_ = false;
};

/// How many of the first records have the commonest number of separators, if that is not zero. A table has the same
/// number in nearly every record; decimal commas and commas in addresses have not.
int agreement(std::string_view text, char separator) {
  Scanner scanner(text, separator);
  std::map<int, int> records_by_count;
  std::string value;
  int count = 0;
  for (int record = 0; record < kRecordsToGuessFrom && !scanner.at_end();) {
    const auto after = scanner.field(value);
    if (after == Scanner::After::field) {
      ++count;
      continue;
    }
    if (count > 0) ++records_by_count[count];
    count = 0;
    ++record;
  }
  int best = 0;
  for (const auto& [separators, records] : records_by_count) best = std::max(best, records);
  return best;
}

char guess_separator(std::string_view text) {
  char best = ';';
  int most = 0;
  for (const char candidate : {';', '\t', ','}) {
    const int records = agreement(text, candidate);
    if (records > most) {
      most = records;
      best = candidate;
    }
  }
  return best;
}

/// Excel's own hint, a first line `sep=;`, is not a record. Returns the separator it names, or 0.
char take_hint(std::string_view& text) {
  if (text.size() < 5 || !text.starts_with("sep=")) return 0;
  const char separator = text[4];
  const auto rest = text.substr(5);
  const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') || rest.starts_with('\r') ? 1 : 0;
  if (line_end == 0 && !rest.empty()) return 0;
  text = rest.substr(line_end);
  return separator;
}

class Table {
 public:
  explicit Table(Budget& budget) : budget_(budget) {}

  void add(std::string value) {
    const auto column = column_++;
    if (value.empty()) return;
    if (column >= static_cast<std::size_t>(budget_.caps().columns)) too_many_columns(column);
    if (begins_like_formula(value) && value.front() == '\'') value.erase(0, 1);
    row_.cells.resize(column);
    row_.cells.push_back(Cell::of_text(std::move(value)));
  }

  void end_record() {
    row_.number = ++record_;
    column_ = 0;
    if (row_.cells.empty()) return;
    if (sheet_.rows.size() == static_cast<std::size_t>(budget_.caps().rows)) too_many_rows();
    row_.cells.shrink_to_fit();
    budget_.hold(sizeof(Row) + row_.cells.size() * sizeof(Cell));
    for (const auto& cell : row_.cells) budget_.hold_text(cell.text);
    sheet_.rows.push_back(std::exchange(row_, {}));
    if (sheet_.rows.size() % 1024 == 0) budget_.check_cpu();
  }

  int records() const { return record_; }
  bool record_open() const { return column_ > 0; }
  Workbook finish() && {
    Workbook workbook;
    workbook.format = Format::csv;
    workbook.sheets.push_back(std::move(sheet_));
    return workbook;
  }

 private:
  [[noreturn]] void too_many_columns(std::size_t column) const {
    fail_here("too_many_columns",
              "Строка " + std::to_string(record_ + 1) + ": больше " + std::to_string(budget_.caps().columns) +
                  " столбцов. Проверьте разделитель или удалите лишние столбцы.",
              column_letters(column));
  }
  [[noreturn]] void too_many_rows() const {
    fail_here("too_many_rows",
              "В файле больше " + std::to_string(budget_.caps().rows) +
                  " строк с данными. Разделите его на несколько файлов.",
              {});
  }
  [[noreturn]] void fail_here(std::string code, std::string message, std::string column) const {
    throw Failure{{std::move(code), std::move(message), {}, record_ + 1, std::move(column)}};
  }

  Budget& budget_;
  Sheet sheet_;
  Row row_;
  std::size_t column_ = 0;
  int record_ = 0;
};

}  // namespace

Workbook read_csv(std::string_view text, Budget& budget) {
  while (text.ends_with('\x1A')) text.remove_suffix(1);  // the end mark of DOS programs
  const char hint = take_hint(text);
  Scanner scanner(text, hint != 0 ? hint : guess_separator(text));
  Table table(budget);
  std::string value;
  while (!scanner.at_end() || table.record_open()) {
    const auto after = scanner.field(value);
    if (scanner.quote_left_open())
      throw Failure{{"csv_quote",
                     "Строка " + std::to_string(table.records() + 1) +
                         ": кавычка открыта, но не закрыта до конца файла. Исправьте кавычки или сохраните таблицу как "
                         "«Книга Excel (.xlsx)».",
                     {},
                     table.records() + 1,
                     {}}};
    table.add(std::exchange(value, {}));
    if (after != Scanner::After::field) table.end_record();
  }
  return std::move(table).finish();
}

}  // namespace eschool::tabular
