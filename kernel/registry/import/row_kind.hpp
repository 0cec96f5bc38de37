/// Rows of a table that are no records: the heading over the rows below it, the sum of those above. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "kernel/registry/import/header_match.hpp"
#include "kernel/registry/import/sheet_plan.hpp"

namespace eschool::importing {

/// Whether the row begins with «Итого» or «Всего» and lacks what a record of the plan must have: «Всего понемногу» may
/// be the title of a lesson.
bool is_total(const tabular::Row&, const SheetPlan&, const std::vector<MappedColumn>&);

struct Heading {
  std::size_t cell = 0;    ///< index in Row::cells
  std::size_t column = 0;  ///< of the plan: a carried one
};

/// The heading that the row is: its only filled cell is a text, and the plan has a carried column. Where the file has
/// that column itself, the text must stand in it; elsewhere it must be merged with the cells beside it, or stand where
/// no record has a text: «Контрольная работа» under «Тема» is a lesson without its number.
std::optional<Heading> heading_of(const tabular::Sheet&, const tabular::Row&, const SheetPlan&,
                                  const std::vector<MappedColumn>&);

}  // namespace eschool::importing
