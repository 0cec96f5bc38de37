/// What the headers of a file may be called, and which column of the plan each means. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/registry/import/sheet_plan.hpp"

namespace eschool::importing {

/// A header in the form in which headers are compared: folded, without blanks, dots, hyphens and other marks («№»
/// stays), Latin letters of mixed words as the Cyrillic ones that they look like.
std::string header_key(std::string_view header);

/// How a header came to its column, surest first.
enum class Understood { told, header, alias, label, field_alias, similar };
std::string_view name(Understood);

/// A header that someone has assigned: to a column of the plan, named by its path, or to none at all.
struct ToldHeader {
  std::string header;
  std::string to;  ///< ImportColumn::to; empty: the column is not loaded
};

class HeaderNames {
 public:
  HeaderNames(const schema::Catalogue&, const SheetPlan&);

  /// Assignments go before all names. One that leads to no column of the plan is passed over: the schema has changed.
  void tell(const std::vector<ToldHeader>&);

  struct Found {
    std::size_t column = 0;  ///< of the plan
    Understood how = Understood::header;
    bool ambiguous = false;  ///< several columns of the plan are called so at that level
    bool skipped = false;    ///< it was told that the column is not to be loaded
  };
  /// «СНИЛС (без пробелов)» is also tried without what stands in brackets.
  std::optional<Found> find(std::string_view header) const;
  /// The one column among those not `taken` with a name that differs from the header by a slip or two of the pen: one
  /// letter in four to seven, two in more. Nothing when no name or several columns' names are so near.
  std::optional<Found> similar(std::string_view header, const std::vector<bool>& taken) const;

 private:
  void add(std::string_view name, std::size_t column, Understood how);

  const SheetPlan& plan_;
  std::unordered_map<std::string, Found> names_;
};

}  // namespace eschool::importing
