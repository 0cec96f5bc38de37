#include "kernel/registry/import/header_match.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/clean.hpp"

namespace eschool::importing {

namespace {

constexpr std::size_t rows_looked_at = 15;

HeaderNote ambiguous(std::string header) {
  auto message = fmt::format("столбец «{}» можно понять по-разному, он не загружен: назовите его точнее", header);
  return {"ambiguous_column", std::move(header), std::move(message)};
}

/// What heads a column of the file.
struct Title {
  std::string text;
  bool is_text = false;
};

std::vector<Title> titles_of(const tabular::Row& row) {
  std::vector<Title> titles;
  for (const auto& cell : row.cells) titles.push_back({cell.text, cell.kind == tabular::Cell::Kind::text});
  return titles;
}

/// The text that stands over the column in the row: a merged cell's over all columns that it spans.
std::string spanning_text(const tabular::Sheet& sheet, const tabular::Row& row, std::size_t column) {
  if (column < row.cells.size() && row.cells[column].kind != tabular::Cell::Kind::empty) return row.cells[column].text;
  for (const auto& range : sheet.merged) {
    const auto first = static_cast<std::size_t>(range.first_column);
    if (range.first_row == row.number && column > first && column <= static_cast<std::size_t>(range.last_column) &&
        first < row.cells.size())
      return row.cells[first].text;
  }
  return {};
}

/// The row and the one below as one header: «Документ» over «номер» is «Документ номер», unless «номер» alone is known.
std::vector<Title> titles_of_two(const HeaderNames& names, const tabular::Sheet& sheet, std::size_t at) {
  const auto& upper = sheet.rows[at];
  const auto& lower = sheet.rows[at + 1];
  std::vector<Title> titles;
  for (std::size_t c = 0; c < std::max(upper.cells.size(), lower.cells.size()); ++c) {
    const auto over = text::clean(spanning_text(sheet, upper, c));
    const bool has_part = c < lower.cells.size() && lower.cells[c].kind == tabular::Cell::Kind::text;
    const auto part = has_part ? text::clean(lower.cells[c].text) : std::string();
    if (c < lower.cells.size() && lower.cells[c].kind != tabular::Cell::Kind::empty && !has_part) return {};  // data
    if (over.empty() || part.empty()) {
      titles.push_back({over.empty() ? part : over, true});
      continue;
    }
    auto both = over + ' ' + part;
    titles.push_back({names.find(both) || !names.find(part) ? std::move(both) : part, true});
  }
  return titles;
}

}  // namespace

std::optional<Header> find_header(const HeaderNames& names, const SheetPlan& plan, const tabular::Sheet& sheet) {
  std::size_t best = 0, best_row = 0;
  std::vector<Title> titles;
  // Two rows only where they know more than any one row does.
  for (const bool two_rows : {false, true})
    for (std::size_t r = 0; r < std::min(sheet.rows.size(), rows_looked_at); ++r) {
      if (two_rows && r + 1 >= sheet.rows.size()) continue;
      auto these = two_rows ? titles_of_two(names, sheet, r) : titles_of(sheet.rows[r]);
      std::vector<std::size_t> matched;
      std::size_t filled = 0;
      for (const auto& title : these) {
        if (title.text.empty() || !title.is_text) continue;
        ++filled;
        const auto found = names.find(title.text);
        if (found && !found->skipped && std::find(matched.begin(), matched.end(), found->column) == matched.end())
          matched.push_back(found->column);
      }
      const bool enough =
          matched.size() >= 2 || (matched.size() == 1 && !two_rows && (plan.columns.size() == 1 || filled == 1));
      // A title such as «Ученики» may be a word that some header is called: one match never outdoes a later two.
      if (enough && matched.size() > best) {
        best = matched.size();
        best_row = r + (two_rows ? 1 : 0);
        titles = std::move(these);
      }
    }
  if (best == 0) return {};

  Header header;
  header.row = best_row;
  std::vector<bool> taken(plan.columns.size());
  for (std::size_t c = 0; c < titles.size(); ++c) {
    auto title = text::clean(titles[c].text);
    if (title.empty()) continue;
    const auto found = names.find(titles[c].text);
    if (!found) {
      header.unknown.push_back({c, std::move(title)});
      continue;
    }
    if (found->skipped) {
      header.skipped.push_back({c, std::move(title)});
      continue;
    }
    if (found->ambiguous) {
      header.notes.push_back(ambiguous(std::move(title)));
      continue;
    }
    taken[found->column] = true;
    const auto twin = std::find_if(header.columns.begin(), header.columns.end(),
                                   [&](const MappedColumn& mapped) { return mapped.column == found->column; });
    if (twin == header.columns.end()) {
      header.columns.push_back({c, found->column, std::move(title), found->how});
      continue;
    }
    std::string left = title;
    if (found->how < twin->how) {
      left = std::exchange(twin->header, std::move(title));
      twin->cell = c;
      twin->how = found->how;
    }
    header.notes.push_back(
        {"duplicate_column", left,
         fmt::format("столбцы «{}» и «{}» означают одно и то же: взят «{}»", twin->header, left, twin->header)});
  }
  // Only when all that is known has its column: a slip of the pen must not take the place of a true name.
  std::erase_if(header.unknown, [&](Header::Unknown& unknown) {
    const auto found = names.similar(unknown.header, taken);
    if (!found) return false;
    taken[found->column] = true;
    header.notes.push_back({"similar_column", unknown.header,
                            fmt::format("столбец «{}» понят как «{}»: если это не так, укажите его сами",
                                        unknown.header, plan.columns[found->column].column->header)});
    header.columns.push_back({unknown.cell, found->column, std::move(unknown.header), found->how});
    return true;
  });
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
