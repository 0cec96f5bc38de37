// The XML inside an XLSX: the input is the inner text of the parts, so that a mutation is not lost on a checksum. Lines
// that begin with %% name the part that follows; what stands before the first of them is the sheet.
#define DOCTEST_CONFIG_IMPLEMENT  // package.cpp checks itself with it
#include <doctest/doctest.h>

#include <string>

#include "package.hpp"
#include "workbook_check.hpp"

using eschool::tabular::test::Members;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static doctest::Context checks;
  checks.setAsDefaultForAssertsOutOfTestCases();
  checks.setAssertHandler(
      [](const doctest::AssertData& data_of) { eschool::fuzz::expect(!data_of.m_failed, "a package is made"); });
  auto rest = eschool::fuzz::text_of(data, size);
  const auto take_part = [&] {
    const auto end = rest.find("\n%%");
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 3);
    return std::string(part);
  };
  const auto sheet = take_part();
  Members extra;
  while (!rest.empty() && extra.size() < 8) {
    const auto part = take_part();
    const auto line = std::min(part.find('\n'), part.size());
    const auto name = part.substr(0, line);
    const auto text = part.substr(std::min(line + 1, part.size()));
    // Only the reader's own parts: names of others would only fill the archive.
    for (const auto* known : {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
                              "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"})
      if (name == known) extra.emplace_back(name, text);
  }
  eschool::fuzz::check_workbook(eschool::tabular::test::zip(eschool::tabular::test::workbook_members(sheet, extra)));
  return 0;
}
