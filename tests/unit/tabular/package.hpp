/// Builds XLSX packages, sound and hostile, for the tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace eschool::tabular::test {

using Members = std::vector<std::pair<std::string, std::string>>;

/// A zip archive of these members, deflated; each named by its path.
std::string zip(const Members& members, const char* password = nullptr);

/// The members of a workbook with one sheet «Лист» whose <worksheet> holds `sheet_xml`; `extra` replaces members of the
/// same name or adds to them.
Members workbook_members(const std::string& sheet_xml, const Members& extra = {});

/// zip(workbook_members(...)) with the rows inside <sheetData>.
std::string workbook_of_rows(const std::string& rows_xml, const Members& extra = {});

/// The content of tests/fixtures/excel/<name>.
std::string sample(const std::string& name);

}  // namespace eschool::tabular::test
