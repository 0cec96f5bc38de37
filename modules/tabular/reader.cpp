#include "tabular/reader.hpp"

#include <algorithm>
#include <new>
#include <string>

#include "tabular/archive.hpp"
#include "tabular/budget.hpp"
#include "tabular/csv_reader.hpp"
#include "tabular/encoding.hpp"
#include "tabular/xlsx_reader.hpp"

namespace eschool::tabular {
namespace {

bool starts_like(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
         });
}

/// Excel's own password protection wraps the xlsx into an OLE container with a stream of this name.
bool has_encrypted_package(std::string_view bytes) {
  constexpr std::string_view name = "EncryptedPackage";
  std::string utf16;
  for (const char c : name) utf16 += {c, '\0'};
  return bytes.find(utf16) != std::string_view::npos;
}

[[noreturn]] void fail_ole(std::string_view bytes) {
  if (has_encrypted_package(bytes))
    fail("encrypted",
         "Файл защищён паролем. Откройте его в Excel, снимите пароль (Файл → Сведения → Защита книги) и загрузите ещё "
         "раз.");
  fail("old_xls",
       "Это старый формат Excel 97–2003 (.xls). Откройте файл и сохраните его как «Книга Excel (.xlsx)», затем "
       "загрузите ещё раз.");
}

/// Portals give out web pages and XML named .xls; read as CSV they would be a column of tags.
void refuse_other_texts(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const std::string_view head = text.substr(begin);
  if (starts_like(head, "<?xml") || starts_like(head, "<html") || starts_like(head, "<!doctype") ||
      starts_like(head, "<table") || starts_like(head, "<meta") || starts_like(head, "{\\rtf") ||
      starts_like(head, "%pdf-"))
    fail("unknown_format",
         "Это не таблица, а веб-страница или документ другого вида. Откройте файл в Excel и сохраните как «Книга Excel "
         "(.xlsx)», затем загрузите ещё раз.");
}

void refuse_binary(std::string_view text) {
  const bool binary = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\x1A';
  });
  if (binary)
    fail("unknown_format",
         "Формат файла не распознан. Загрузите таблицу Excel (.xlsx) или текст с разделителями (.csv).");
}

Workbook read_any(std::string_view bytes, Budget& budget) {
  if (bytes.empty()) fail("empty_file", "Файл пуст. Выберите файл с таблицей и загрузите его ещё раз.");
  if (bytes.size() > budget.caps().file_bytes) throw Failure{file_too_large(budget.caps())};
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) {
    const Archive archive(bytes, budget);
    return read_xlsx(archive, budget);
  }
  if (bytes.starts_with("\xD0\xCF\x11\xE0")) fail_ole(bytes);
  const bool utf16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (!utf16) refuse_binary(bytes);  // before its bytes are taken for letters of some encoding
  const std::string text = to_utf8(bytes);
  if (utf16) refuse_binary(text);
  refuse_other_texts(text);
  return read_csv(text, budget);
}

}  // namespace

std::variant<Workbook, ReadProblem> read(std::string_view bytes, const Caps& caps) {
  try {
    Budget budget(caps);
    return read_any(bytes, budget);
  } catch (Failure& failure) {
    return std::move(failure.problem);
  } catch (const std::bad_alloc&) {
    return memory_exhausted();
  }
}

}  // namespace eschool::tabular
