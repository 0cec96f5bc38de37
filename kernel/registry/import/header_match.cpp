#include "kernel/registry/import/header_match.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/fold.hpp"
#include "text/letters.hpp"
#include "text/names.hpp"

namespace eschool::importing {

namespace {

constexpr std::size_t rows_looked_at = 15;

/// Without "(...)": what a clerk adds to a header by way of explanation.
std::string without_brackets(std::string_view header) {
  std::string out;
  int depth = 0;
  for (const char c : header) {
    if (c == '(') ++depth;
    if (depth == 0) out += c;
    if (c == ')' && depth > 0) --depth;
  }
  return out;
}

HeaderNote ambiguous(std::string header) {
  auto message = fmt::format("столбец «{}» можно понять по-разному, он не загружен: назовите его точнее", header);
  return {"ambiguous_column", std::move(header), std::move(message)};
}

}  // namespace

std::string header_key(std::string_view header) {
  // A Latin «C» in «CНИЛС» is seen by nobody who looks at the file.
  const auto folded = text::fold(text::fix_lookalikes(header).text);
  std::string key;
  for (std::size_t at = 0; at < folded.size();) {
    const char32_t code = text::next_code_point(folded, at);
    if (text::is_letter(code) || text::is_digit(code) || code == U'№') text::append_code_point(key, code);
  }
  return key;
}

HeaderNames::HeaderNames(const schema::Catalogue& catalogue, const SheetPlan& plan) {
  for (int level = 0; level < 4; ++level)
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      const auto& [column, node, field, parts] = plan.columns[i];
      if (level == 0) add(column->header, i, level);
      if (level == 1)
        for (const auto& alias : column->aliases) add(alias, i, level);
      if (!field || level < 2) continue;
      // A column that leads to a reference is called as the reference is, not as the field that identifies its target.
      const auto located = catalogue.locate(*plan.registry, column->to);
      const auto& named = located && located.field->type == schema::FieldType::reference ? *located.field : *field;
      if (level == 2) add(named.label, i, level);
      if (level == 3)
        for (const auto& alias : named.aliases) add(alias, i, level);
    }
}

void HeaderNames::add(std::string_view name, std::size_t column, int level) {
  auto key = header_key(name);
  if (key.empty()) return;
  const auto [known, added] = names_.try_emplace(std::move(key), Found{column, level, false});
  if (!added && known->second.level == level && known->second.column != column) known->second.ambiguous = true;
}

std::optional<HeaderNames::Found> HeaderNames::find(std::string_view header) const {
  const auto look = [&](std::string_view text) -> std::optional<Found> {
    const auto found = names_.find(header_key(text));
    if (found == names_.end()) return {};
    return found->second;
  };
  if (auto found = look(header)) return found;
  return header.find('(') == std::string_view::npos ? std::nullopt : look(without_brackets(header));
}

std::optional<Header> find_header(const HeaderNames& names, const SheetPlan& plan, const tabular::Sheet& sheet) {
  std::size_t best = 0, best_row = 0;
  for (std::size_t r = 0; r < std::min(sheet.rows.size(), rows_looked_at); ++r) {
    std::vector<std::size_t> matched;
    std::size_t filled = 0;
    for (const auto& cell : sheet.rows[r].cells) {
      if (cell.kind != tabular::Cell::Kind::text) continue;
      ++filled;
      const auto found = names.find(cell.text);
      if (found && std::find(matched.begin(), matched.end(), found->column) == matched.end())
        matched.push_back(found->column);
    }
    const bool enough = matched.size() >= 2 || (matched.size() == 1 && (plan.columns.size() == 1 || filled == 1));
    // A title such as «Ученики» may be a word that some header is called: one match never outdoes a later two.
    if (enough && matched.size() > best) {
      best = matched.size();
      best_row = r;
    }
  }
  if (best == 0) return {};

  Header header;
  header.row = best_row;
  std::vector<HeaderNames::Found> levels;  // of header.columns
  const auto& cells = sheet.rows[best_row].cells;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    auto title = text::clean(cells[c].text);
    if (title.empty()) continue;
    const auto found = names.find(cells[c].text);
    if (!found) {
      header.unknown.push_back(std::move(title));
      continue;
    }
    if (found->ambiguous) {
      header.notes.push_back(ambiguous(std::move(title)));
      continue;
    }
    const auto twin = std::find_if(header.columns.begin(), header.columns.end(),
                                   [&](const MappedColumn& mapped) { return mapped.column == found->column; });
    if (twin == header.columns.end()) {
      header.columns.push_back({c, found->column, std::move(title)});
      levels.push_back(*found);
      continue;
    }
    auto& level = levels[static_cast<std::size_t>(twin - header.columns.begin())];
    std::string left = title;
    if (found->level < level.level) {
      left = std::exchange(twin->header, std::move(title));
      twin->cell = c;
      level = *found;
    }
    header.notes.push_back(
        {"duplicate_column", left,
         fmt::format("столбцы «{}» и «{}» означают одно и то же: взят «{}»", twin->header, left, twin->header)});
  }
  return header;
}

std::optional<NamedValues> find_named_values(const HeaderNames& names, const SheetPlan& plan,
                                             const tabular::Sheet& sheet) {
  std::size_t width = 0;
  for (const auto& row : sheet.rows) width = std::max(width, row.cells.size());
  std::size_t best = 1, name_column = 0;
  for (std::size_t c = 0; c < width; ++c) {
    std::vector<bool> seen(plan.columns.size());
    std::size_t matched = 0;
    for (const auto& row : sheet.rows) {
      if (c >= row.cells.size() || row.cells[c].kind != tabular::Cell::Kind::text) continue;
      const auto found = names.find(row.cells[c].text);
      if (!found || seen[found->column]) continue;
      seen[found->column] = true;
      ++matched;
    }
    if (matched > best) {
      best = matched;
      name_column = c;
    }
  }
  if (best < 2) return {};

  NamedValues values;
  std::vector<bool> seen(plan.columns.size());
  for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
    const auto& cells = sheet.rows[r].cells;
    if (name_column >= cells.size()) continue;
    auto name = text::clean(cells[name_column].text);
    if (name.empty()) continue;
    std::size_t value = name_column + 1;
    while (value < cells.size() && cells[value].kind == tabular::Cell::Kind::empty && !cells[value].formula) ++value;
    const auto found = names.find(cells[name_column].text);
    if (!found) {
      // What stands above is the title and the header of the table itself.
      if (!values.lines.empty() && value < cells.size()) values.unknown.push_back(std::move(name));
      continue;
    }
    if (found->ambiguous) {
      values.notes.push_back(ambiguous(std::move(name)));
      continue;
    }
    if (seen[found->column]) {
      auto message = fmt::format("«{}» указано дважды: взято первое значение", name);
      values.notes.push_back({"duplicate_column", std::move(name), std::move(message)});
      continue;
    }
    seen[found->column] = true;
    values.lines.push_back({r, value, found->column, std::move(name)});
  }
  return values;
}

}  // namespace eschool::importing
