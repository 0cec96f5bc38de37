// XLSX files as bytes: the zip archive and what is in it.
#include "workbook_check.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = eschool::fuzz::text_of(data, size);
  if (!bytes.starts_with("PK")) return 0;  // anything else: the target csv reads those
  eschool::fuzz::check_workbook(bytes);
  return 0;
}
