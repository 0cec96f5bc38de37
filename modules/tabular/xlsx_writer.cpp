#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <new>
#include <stdexcept>
#include <utility>

#include "tabular/iso_parts.hpp"
#include "tabular/writer.hpp"

namespace eschool::tabular {
namespace {

constexpr std::size_t kMaxCharacters = 32'767;  // of one cell, by Excel's own limits
constexpr std::size_t kMaxSheetName = 31;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

/// The byte where the character number `count` begins, or npos when there are no more than `count`.
std::size_t offset_of_character(std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!continues(text[i]) && count-- == 0) return i;
  return std::string_view::npos;
}

/// A reader undoes _xHHHH_; text that happens to look so is told apart by writing its underscore as _x005F_ (ECMA-376
/// part 1, 22.9.2.19). libxlsxwriter does this for control characters only.
void protect_escapes(std::string& text) {
  for (auto at = text.find("_x"); at != std::string::npos; at = text.find("_x", at)) {
    const auto digits = std::string_view(text).substr(at + 2, 4);
    const bool escape = digits.size() == 4 && at + 6 < text.size() && text[at + 6] == '_' &&
                        digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    if (escape) text.insert(at + 1, "x005F_");
    at += escape ? 8 : 2;
  }
}

std::string fitting(std::string text) {
  std::erase(text, '\0');
  protect_escapes(text);
  if (text.size() <= kMaxCharacters || offset_of_character(text, kMaxCharacters) == std::string_view::npos) return text;
  constexpr std::string_view mark = "… (обрезано)";
  text.resize(offset_of_character(text, kMaxCharacters - 20));
  return text.append(mark);
}

std::string valid_sheet_name(std::string_view wanted) {
  std::string name(wanted.substr(0, offset_of_character(wanted, kMaxSheetName)));
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || std::string_view("[]:*?/\\'").find(c) != std::string_view::npos)
      c = ' ';
  return name.find_first_not_of(' ') == std::string::npos ? "Лист1" : name;
}

double width_of(const Column& column) {
  if (column.width > 0) return column.width;
  const auto characters =
      std::count_if(column.header.begin(), column.header.end(), [](char c) { return !continues(c); });
  return std::clamp(static_cast<double>(characters) + 4, 10.0, 60.0);
}

/// libxlsxwriter 1.1.4 writes to a named file only, so it gets the name of a file in memory.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("eschool-xlsx", MFD_CLOEXEC)) {
    if (fd_ < 0) throw std::runtime_error("Нет временной памяти для выгрузки в Excel");
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  std::string content() const {
    struct stat status {};
    if (fstat(fd_, &status) != 0) throw std::runtime_error("Не удалось прочитать выгрузку в Excel");
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const auto got = pread(fd_, bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(filled));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw std::runtime_error("Не удалось прочитать выгрузку в Excel");
      filled += static_cast<std::size_t>(got);
    }
    return bytes;
  }

 private:
  int fd_;
};

class Book {
 public:
  explicit Book(const std::string& path) : book_(workbook_new(path.c_str())) {
    if (book_ == nullptr) throw std::bad_alloc();
    header_ = workbook_add_format(book_);
    date_ = workbook_add_format(book_);
    moment_ = workbook_add_format(book_);
    text_ = workbook_add_format(book_);
    if (header_ == nullptr || date_ == nullptr || moment_ == nullptr || text_ == nullptr) {
      lxw_workbook_free(book_);
      throw std::bad_alloc();
    }
    format_set_bold(header_);
    format_set_num_format(date_, "dd.mm.yyyy");
    format_set_num_format(moment_, "dd.mm.yyyy hh:mm");
    format_set_num_format(text_, "@");
  }
  ~Book() {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  /// What follows goes to this sheet.
  void sheet(std::string_view name) {
    sheet_ = workbook_add_worksheet(book_, valid_sheet_name(name).c_str());
    if (sheet_ == nullptr) throw std::runtime_error("Не удалось собрать файл Excel: два листа с одним названием");
  }

  /// Remembers that the column of the current sheet offers choices.
  void offer(std::size_t column, const std::vector<std::string>& choices) {
    lists_.push_back({sheet_, static_cast<lxw_col_t>(column), &choices});
  }

  /// Writes the remembered choices into a hidden sheet: in the cell's own rule there is room for 255 characters only.
  void write_choices() {
    if (lists_.empty()) return;
    sheet("Списки");
    worksheet_hide(sheet_);
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      const auto& list = lists_[i];
      for (std::size_t row = 0; row < list.choices->size(); ++row)
        string(static_cast<lxw_row_t>(row), column, (*list.choices)[row], nullptr);
      const auto letters = column_letters(i);
      auto formula = "='Списки'!$" + letters + "$1:$" + letters + "$" + std::to_string(list.choices->size());
      char title[] = "Нет в списке", message[] = "Такого значения в списке нет. Оставить его?";
      lxw_data_validation rule{};
      rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
      rule.value_formula = formula.data();
      rule.error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
      rule.error_title = title;
      rule.error_message = message;
      check(worksheet_data_validation_range(list.sheet, 1, list.column, 5000, list.column, &rule));
    }
  }

  void head(std::span<const Column> columns, std::size_t rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto at = static_cast<lxw_col_t>(i);
      lxw_format* format = columns[i].date ? date_ : columns[i].text ? text_ : nullptr;
      worksheet_set_column(sheet_, at, at, width_of(columns[i]), format);
      string(0, at, columns[i].header, header_);
    }
    worksheet_freeze_panes(sheet_, 1, 0);
    if (!columns.empty())
      worksheet_autofilter(sheet_, 0, 0, static_cast<lxw_row_t>(rows), static_cast<lxw_col_t>(columns.size() - 1));
  }

  void cell(std::size_t row, std::size_t column, const Cell& cell, bool text_column) {
    const auto r = static_cast<lxw_row_t>(row);
    const auto c = static_cast<lxw_col_t>(column);
    switch (cell.kind) {
      case Cell::Kind::empty:
        return;
      case Cell::Kind::number:
        if (std::isfinite(cell.number)) check(worksheet_write_number(sheet_, r, c, cell.number, nullptr));
        return;
      case Cell::Kind::boolean:
        check(worksheet_write_boolean(sheet_, r, c, cell.number != 0 ? 1 : 0, nullptr));
        return;
      case Cell::Kind::date:
        if (const auto parts = parse_iso(cell.text); parts && parts->year >= 1900) {
          lxw_datetime when{parts->year, parts->month,  parts->day,
                            parts->hour, parts->minute, static_cast<double>(parts->second)};
          check(worksheet_write_datetime(sheet_, r, c, &when, parts->has_time ? moment_ : date_));
          return;
        }
        break;  // before Excel's first day, or only a time: shown as it stands
      default:
        break;
    }
    string(r, c, cell.text, text_column ? text_ : nullptr);
  }

  void close() { check(workbook_close(std::exchange(book_, nullptr))); }

 private:
  static void check(lxw_error error) {
    if (error != LXW_NO_ERROR)
      throw std::runtime_error(std::string("Не удалось собрать файл Excel: ") + lxw_strerror(error));
  }
  void string(lxw_row_t row, lxw_col_t column, const std::string& value, lxw_format* format) {
    check(worksheet_write_string(sheet_, row, column, fitting(value).c_str(), format));
  }

  lxw_workbook* book_;
  lxw_worksheet* sheet_ = nullptr;
  struct List {
    lxw_worksheet* sheet;
    lxw_col_t column;
    const std::vector<std::string>* choices;
  };
  std::vector<List> lists_;
  lxw_format* header_;
  lxw_format* date_;
  lxw_format* moment_;
  lxw_format* text_;
};

}  // namespace

namespace {

struct SheetView {
  std::string_view name;
  std::span<const Column> columns;
  std::span<const std::vector<Cell>> rows;
};

std::string write(std::span<const SheetView> sheets) {
  const MemoryFile file;
  Book book(file.path());
  for (const auto& [name, columns, rows] : sheets) {
    book.sheet(name);
    book.head(columns, rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (std::size_t column = 0; column < rows[row].size(); ++column)
        book.cell(row + 1, column, rows[row][column], column < columns.size() && columns[column].text);
    for (std::size_t column = 0; column < columns.size(); ++column)
      if (!columns[column].choices.empty()) book.offer(column, columns[column].choices);
  }
  book.write_choices();
  book.close();
  return file.content();
}

}  // namespace

std::string write_xlsx(std::string_view sheet_name, std::span<const Column> columns,
                       std::span<const std::vector<Cell>> rows) {
  const SheetView sheet{sheet_name, columns, rows};
  return write({&sheet, 1});
}

std::string write_xlsx(std::span<const OutSheet> sheets) {
  std::vector<SheetView> views;
  for (const auto& sheet : sheets) views.push_back({sheet.name, sheet.columns, sheet.rows});
  return write(views);
}

}  // namespace eschool::tabular
