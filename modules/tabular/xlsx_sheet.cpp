#include "tabular/xlsx_sheet.hpp"

#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "tabular/xlsx_text.hpp"

namespace eschool::tabular {
namespace {

constexpr int kExcelRows = 1'048'576;
constexpr int kExcelColumns = 16'384;
/// Excel allows 32,767 characters; four bytes each is the most that UTF-8 makes of them.
constexpr std::size_t kMaxCellBytes = 4 * 32'767;

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Address {
  int row;     // from 1
  int column;  // from 0
};

/// «B12», also «$B$12».
std::optional<Address> parse_address(std::string_view text) {
  if (text.starts_with('$')) text.remove_prefix(1);
  int column = 0;
  std::size_t i = 0;
  for (; i < text.size() && ((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z')); ++i) {
    column = column * 26 + ((text[i] & 0x1F));
    if (column > kExcelColumns) return std::nullopt;
  }
  text.remove_prefix(i);
  if (text.starts_with('$')) text.remove_prefix(1);
  const auto row = parsed<int>(text);
  if (column == 0 || !row || *row < 1 || *row > kExcelRows) return std::nullopt;
  return Address{*row, column - 1};
}

class SheetEvents : public XmlEvents {
 public:
  SheetEvents(const std::string& name, const SheetContext& context, Budget& budget)
      : context_(context), budget_(budget) {
    sheet.name = name;
  }

  void start(std::string_view name, const Attributes& attributes) override {
    if (in_cell_) {
      if (name == "v") collecting_ = &value_;
      if (name == "t" && !in_phonetic_) collecting_ = &inline_text_;
      if (name == "rPh") in_phonetic_ = true;
      if (name == "f") formula_ = true;
    } else if (name == "c" && in_data_) {
      start_cell(attributes);
    } else if (name == "row" && in_data_) {
      start_row(attributes);
    } else if (name == "sheetData") {
      in_data_ = true;
    } else if (name == "mergeCell") {
      add_merged(attributes.get("ref"));
    }
  }

  void end(std::string_view name) override {
    if (in_cell_) {
      if (name == "v" || name == "t") collecting_ = nullptr;
      if (name == "rPh") in_phonetic_ = false;
      if (name == "c") end_cell();
    } else if (name == "row" && in_data_) {
      end_row();
    } else if (name == "sheetData") {
      in_data_ = false;
      row_number_ = 0;
    }
  }

  void text(std::string_view piece) override {
    if (collecting_ == nullptr) return;
    if (collecting_->size() + piece.size() > kMaxCellBytes)
      fail("cell_too_long", where() + "текст длиннее 32 767 знаков. Сократите его.");
    collecting_->append(piece);
  }

  /// Adds to a failure what is known of the place.
  void locate(ReadProblem& problem) const {
    if (problem.sheet.empty()) problem.sheet = sheet.name;
    if (problem.row == 0 && in_data_) problem.row = row_number_;
    if (problem.column.empty() && in_cell_) problem.column = column_letters(static_cast<std::size_t>(column_));
  }

  Sheet sheet;

 private:
  std::string where() const {
    std::string place = "Лист «" + sheet.name + "», строка " + std::to_string(row_number_);
    if (in_cell_) place += ", столбец " + column_letters(static_cast<std::size_t>(column_));
    return place + ": ";
  }

  [[noreturn]] void fail_here(const std::string& what) const {
    std::string place = "лист «" + sheet.name + "», строка " + std::to_string(row_number_);
    if (in_cell_) place += ", столбец " + column_letters(static_cast<std::size_t>(column_));
    fail_damaged(place + ": " + what);
  }

  void start_row(const Attributes& attributes) {
    const auto given = attributes.get("r");
    const auto number = given.empty() ? row_number_ + 1 : parsed<int>(given).value_or(0);
    if (number <= row_number_ || number > kExcelRows) fail_here("за ней строка с неверным номером");
    row_number_ = number;
    column_ = -1;
    row_has_value_ = false;
  }

  void start_cell(const Attributes& attributes) {
    const auto given = attributes.get("r");
    if (given.empty()) {
      if (++column_ >= kExcelColumns) fail_here("слишком много ячеек");
    } else {
      const auto address = parse_address(given);
      if (!address) fail_here("неверный адрес ячейки");
      column_ = address->column;
    }
    type_ = attributes.get("t");
    style_ = parsed<unsigned>(attributes.get("s")).value_or(0);
    value_.clear();
    inline_text_.clear();
    formula_ = false;
    in_cell_ = true;
  }

  void end_cell() {
    Cell cell = make_cell();
    collecting_ = nullptr;
    if (cell.kind != Cell::Kind::empty || cell.formula) {
      if (column_ >= budget_.caps().columns)
        fail("too_many_columns",
             where() + "данные правее столбца " + column_letters(static_cast<std::size_t>(budget_.caps().columns - 1)) +
                 " (больше " + std::to_string(budget_.caps().columns) + " столбцов). Удалите лишние столбцы.");
      const auto at = static_cast<std::size_t>(column_);
      if (cells_.size() <= at) cells_.resize(at + 1);
      cells_[at] = std::move(cell);
      row_has_value_ = true;
    }
    in_cell_ = false;
  }

  Cell make_cell() {
    Cell cell;
    if (type_ == "inlineStr" || (type_.empty() && value_.empty() && !inline_text_.empty())) {
      decode_escapes(inline_text_);
      cell = Cell::of_text(inline_text_);
    } else if (type_ == "str") {
      decode_escapes(value_);
      cell = Cell::of_text(value_);
    } else if (value_.empty()) {
      // Excel saves a value with each formula. A program that does not leaves a cell that only looks empty.
      cell.formula = formula_;
      return cell;
    } else if (type_ == "s") {
      const auto index = parsed<std::size_t>(value_);
      if (!index || *index >= context_.strings.size()) fail_here("нет текста, на который ссылается ячейка");
      cell = Cell::of_text(context_.strings[*index]);
    } else if (type_ == "b") {
      cell.kind = Cell::Kind::boolean;
      cell.number = value_ == "1" || value_ == "true" ? 1 : 0;
      cell.text = cell.number != 0 ? "ИСТИНА" : "ЛОЖЬ";
    } else if (type_ == "e") {
      cell.kind = Cell::Kind::formula_error;
      cell.text = value_;
    } else if (type_ == "d") {
      cell = iso_cell(value_);
    } else {
      cell = number_cell();
    }
    cell.formula = formula_ && cell.kind != Cell::Kind::empty;
    return cell;
  }

  Cell number_cell() const {
    const auto number = parsed<double>(value_);
    if (!number || !std::isfinite(*number)) fail_here("вместо числа стоит «" + value_.substr(0, 40) + "»");
    const auto parts = style_ < context_.cell_styles.size() ? context_.cell_styles[style_] : DateParts::none;
    Cell cell;
    if (auto iso = serial_to_iso(*number, context_.dates, parts)) {
      cell = Cell::of_date(std::move(*iso));
      cell.number = *number;
    } else {
      cell = Cell::of_number(*number);
    }
    return cell;
  }

  /// Cells of type d hold ISO 8601; a midnight is dropped, as in a serial.
  static Cell iso_cell(std::string iso) {
    const auto time = iso.find('T');
    if (time != std::string::npos && iso.find_first_of("123456789", time) == std::string::npos) iso.resize(time);
    return Cell::of_date(std::move(iso));
  }

  void end_row() {
    if (row_has_value_) {
      if (sheet.rows.size() == static_cast<std::size_t>(budget_.caps().rows))
        fail("too_many_rows", "Лист «" + sheet.name + "»: больше " + std::to_string(budget_.caps().rows) +
                                  " строк с данными. Разделите таблицу на несколько файлов.");
      Row row{row_number_, {std::make_move_iterator(cells_.begin()), std::make_move_iterator(cells_.end())}};
      budget_.hold(sizeof(Row) + row.cells.size() * sizeof(Cell));
      for (const auto& cell : row.cells) budget_.hold_text(cell.text);
      sheet.rows.push_back(std::move(row));
    }
    cells_.clear();
  }

  void add_merged(std::string_view reference) {
    const auto colon = reference.find(':');
    const auto first = parse_address(reference.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : parse_address(reference.substr(colon + 1));
    if (!first || !last || last->row < first->row || last->column < first->column)
      fail_damaged("лист «" + sheet.name + "»: неверный диапазон объединённых ячеек");
    budget_.hold(sizeof(MergedRange));
    sheet.merged.push_back({first->row, last->row, first->column, last->column});
  }

  const SheetContext& context_;
  Budget& budget_;
  bool in_data_ = false;
  bool in_cell_ = false;
  bool in_phonetic_ = false;
  int row_number_ = 0;
  int column_ = -1;
  bool row_has_value_ = false;
  std::vector<Cell> cells_;  // of the current row, kept for its storage
  std::string type_;
  unsigned style_ = 0;
  bool formula_ = false;
  std::string value_;
  std::string inline_text_;
  std::string* collecting_ = nullptr;
};

}  // namespace

Sheet read_sheet(const Archive& archive, const std::string& part, const std::string& name, const SheetContext& context,
                 Budget& budget) {
  SheetEvents events(name, context, budget);
  try {
    if (!parse_xml(archive, part, events)) fail_damaged("нет содержимого листа «" + name + "»");
  } catch (Failure& failure) {
    events.locate(failure.problem);
    throw;
  }
  return std::move(events.sheet);
}

}  // namespace eschool::tabular
