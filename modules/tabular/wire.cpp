#include "tabular/wire.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <utility>

#include "tabular/encoding.hpp"

namespace eschool::tabular {
namespace {

constexpr std::uint32_t kMagic = 0x31425445;  // «ETB1», also at the end: a cut result has none
constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::uint8_t kFormulaBit = 0x80;
constexpr std::uint8_t kIsProblem = 0xFF;  // else the Format

class Writer {
 public:
  explicit Writer(const std::function<void(std::string_view)>& sink) : sink_(sink) {}

  void u8(std::uint8_t value) { put(value, 1); }
  void u32(std::size_t value) { put(value, 4); }
  void i32(int value) { put(static_cast<std::uint32_t>(value), 4); }
  void f64(double value) { put(std::bit_cast<std::uint64_t>(value), 8); }
  void text(const std::string& value) {
    u32(value.size());
    buffer_.append(value);
    if (buffer_.size() >= kPieceBytes) flush();
  }
  void flush() {
    sink_(buffer_);
    buffer_.clear();
  }

 private:
  void put(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) buffer_.push_back(static_cast<char>(value >> (8 * i)));
  }

  const std::function<void(std::string_view)>& sink_;
  std::string buffer_;
};

struct Malformed {};

class Reader {
 public:
  Reader(std::string_view bytes, const Caps& caps) : rest_(bytes), content_left_(caps.content_bytes * 2) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(get(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(get(4)); }
  int i32() { return static_cast<int>(u32()); }
  double f64() { return std::bit_cast<double>(get(8)); }
  std::string text() {
    const auto value = take(u32());
    if (!is_utf8(value)) throw Malformed{};
    hold(value.size());
    return std::string(value);
  }
  /// A count of things of which each takes at least one byte, so that a false count reserves nothing large.
  std::size_t count(std::size_t most, std::size_t bytes_each) {
    const std::size_t value = u32();
    if (value > most || value > rest_.size()) throw Malformed{};
    hold(value * bytes_each);
    return value;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  void hold(std::size_t bytes) {
    if (bytes > content_left_) throw Malformed{};
    content_left_ -= bytes;
  }
  std::string_view take(std::size_t length) {
    if (length > rest_.size()) throw Malformed{};
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  std::uint64_t get(std::size_t bytes) {
    const auto taken = take(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(taken[i])) << (8 * i);
    return value;
  }

  std::string_view rest_;
  std::size_t content_left_;
};

void put_problem(Writer& out, const ReadProblem& problem) {
  out.u8(kIsProblem);
  out.text(problem.code);
  out.text(problem.message);
  out.text(problem.sheet);
  out.i32(problem.row);
  out.text(problem.column);
}

ReadProblem get_problem(Reader& in) {
  ReadProblem problem;
  problem.code = in.text();
  problem.message = in.text();
  problem.sheet = in.text();
  problem.row = in.i32();
  problem.column = in.text();
  return problem;
}

void put_cell(Writer& out, const Cell& cell) {
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(cell.kind) | (cell.formula ? kFormulaBit : 0U)));
  if (cell.kind == Cell::Kind::empty) return;
  out.text(cell.text);
  if (cell.kind != Cell::Kind::text) out.f64(cell.number);
}

Cell get_cell(Reader& in) {
  Cell cell;
  const auto head = in.u8();
  const auto kind = static_cast<std::uint8_t>(head & 0x7FU);
  if (kind > static_cast<std::uint8_t>(Cell::Kind::formula_error)) throw Malformed{};
  cell.kind = static_cast<Cell::Kind>(kind);
  cell.formula = (head & kFormulaBit) != 0;
  if (cell.kind == Cell::Kind::empty) return cell;
  cell.text = in.text();
  if (cell.kind != Cell::Kind::text) cell.number = in.f64();
  return cell;
}

void put_sheet(Writer& out, const Sheet& sheet) {
  out.text(sheet.name);
  out.u8(sheet.hidden ? 1 : 0);
  out.u32(sheet.rows.size());
  for (const auto& row : sheet.rows) {
    out.i32(row.number);
    out.u32(row.cells.size());
    for (const auto& cell : row.cells) put_cell(out, cell);
  }
  out.u32(sheet.merged.size());
  for (const auto& range : sheet.merged)
    for (const int bound : {range.first_row, range.last_row, range.first_column, range.last_column}) out.i32(bound);
}

Sheet get_sheet(Reader& in, const Caps& caps) {
  Sheet sheet;
  sheet.name = in.text();
  sheet.hidden = in.u8() != 0;
  sheet.rows.resize(in.count(static_cast<std::size_t>(caps.rows), sizeof(Row)));
  int last = 0;
  for (auto& row : sheet.rows) {
    row.number = in.i32();
    if (row.number <= last) throw Malformed{};
    last = row.number;
    row.cells.resize(in.count(static_cast<std::size_t>(caps.columns), sizeof(Cell)));
    for (auto& cell : row.cells) cell = get_cell(in);
  }
  sheet.merged.resize(in.count(caps.content_bytes / sizeof(MergedRange), sizeof(MergedRange)));
  for (auto& range : sheet.merged) {
    for (int* bound : {&range.first_row, &range.last_row, &range.first_column, &range.last_column}) *bound = in.i32();
    if (range.first_row < 1 || range.first_column < 0 || range.last_row < range.first_row ||
        range.last_column < range.first_column)
      throw Malformed{};
  }
  return sheet;
}

Workbook get_workbook(Reader& in, std::uint8_t format, const Caps& caps) {
  if (format > static_cast<std::uint8_t>(Format::csv)) throw Malformed{};
  Workbook workbook;
  workbook.format = static_cast<Format>(format);
  workbook.sheets.resize(in.count(caps.content_bytes / sizeof(Sheet), sizeof(Sheet)));
  for (auto& sheet : workbook.sheets) sheet = get_sheet(in, caps);
  return workbook;
}

}  // namespace

std::string encode_caps(const Caps& caps) {
  std::string text;
  for (const std::size_t number :
       {caps.file_bytes, caps.entries, caps.unpacked_bytes, static_cast<std::size_t>(caps.ratio),
        static_cast<std::size_t>(caps.rows), static_cast<std::size_t>(caps.columns), caps.content_bytes,
        static_cast<std::size_t>(caps.cpu_seconds), static_cast<std::size_t>(caps.wall_seconds), caps.memory_bytes})
    text += std::to_string(number) + ' ';
  return text;
}

std::optional<Caps> decode_caps(std::string_view text) {
  std::array<std::size_t, 10> numbers{};
  for (auto& number : numbers) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data() + text.size() || *end != ' ') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  if (!text.empty()) return std::nullopt;
  Caps caps;
  caps.file_bytes = numbers[0];
  caps.entries = numbers[1];
  caps.unpacked_bytes = numbers[2];
  caps.ratio = static_cast<unsigned>(numbers[3]);
  caps.rows = static_cast<int>(numbers[4]);
  caps.columns = static_cast<int>(numbers[5]);
  caps.content_bytes = numbers[6];
  caps.cpu_seconds = static_cast<int>(numbers[7]);
  caps.wall_seconds = static_cast<int>(numbers[8]);
  caps.memory_bytes = numbers[9];
  return caps;
}

void encode_result(const ReadResult& result, const std::function<void(std::string_view)>& sink) {
  Writer out(sink);
  out.u32(kMagic);
  if (const auto* problem = std::get_if<ReadProblem>(&result)) {
    put_problem(out, *problem);
  } else {
    const auto& workbook = std::get<Workbook>(result);
    out.u8(static_cast<std::uint8_t>(workbook.format));
    out.u32(workbook.sheets.size());
    for (const auto& sheet : workbook.sheets) put_sheet(out, sheet);
  }
  out.u32(kMagic);
  out.flush();
}

std::optional<ReadResult> decode_result(std::string_view bytes, const Caps& caps) {
  try {
    Reader in(bytes, caps);
    if (in.u32() != kMagic) return std::nullopt;
    const auto head = in.u8();
    ReadResult result;
    if (head == kIsProblem)
      result = get_problem(in);
    else
      result = get_workbook(in, head, caps);
    if (in.u32() != kMagic || !in.at_end()) return std::nullopt;
    return result;
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

}  // namespace eschool::tabular
