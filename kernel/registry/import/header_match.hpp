/// Finding a table inside a sheet: the header row among titles, and which column of the file is which of the plan.
/// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/registry/import/sheet_plan.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

/// A header in the form in which headers are compared: folded, without blanks, dots, hyphens and other marks («№»
/// stays), Latin letters of mixed words as the Cyrillic ones that they look like.
std::string header_key(std::string_view header);

/// What the headers of a plan may be called.
class HeaderNames {
 public:
  HeaderNames(const schema::Catalogue&, const SheetPlan&);

  struct Found {
    std::size_t column = 0;  ///< of the plan
    int level = 0;           ///< 0 the header itself, 1 an alias, 2 the field's label, 3 an alias of the field
    bool ambiguous = false;  ///< several columns of the plan are called so at that level
  };
  /// «СНИЛС (без пробелов)» is also tried without what stands in brackets.
  std::optional<Found> find(std::string_view header) const;

 private:
  void add(std::string_view name, std::size_t column, int level);
  std::unordered_map<std::string, Found> names_;
};

struct MappedColumn {
  std::size_t cell = 0;    ///< index in Row::cells
  std::size_t column = 0;  ///< of the plan
  std::string header;      ///< as the file has it, cleaned
};

struct HeaderNote {
  std::string code;  ///< "duplicate_column", "ambiguous_column"
  std::string header;
  std::string message;
};

struct Header {
  std::size_t row = 0;  ///< index in Sheet::rows; data begin behind it
  std::vector<MappedColumn> columns;
  std::vector<std::string> unknown;
  std::vector<HeaderNote> notes;
};

/// The row among the first fifteen in which most headers are known; nothing when no row has enough of them: two, or one
/// when the plan itself has only one column or the row holds nothing else.
std::optional<Header> find_header(const HeaderNames&, const SheetPlan&, const tabular::Sheet&);

/// A line of a sheet of names and values.
struct NamedValue {
  std::size_t row = 0;     ///< index in Sheet::rows
  std::size_t cell = 0;    ///< of the value; beyond the row's cells when there is none
  std::size_t column = 0;  ///< of the plan
  std::string name;        ///< as the file has it, cleaned
};

struct NamedValues {
  std::vector<NamedValue> lines;
  std::vector<std::string> unknown;  ///< names with a value that were not understood, behind the first known one
  std::vector<HeaderNote> notes;
};

/// The lines of a sheet of names and values; nothing when fewer than two names are known.
std::optional<NamedValues> find_named_values(const HeaderNames&, const SheetPlan&, const tabular::Sheet&);

}  // namespace eschool::importing
