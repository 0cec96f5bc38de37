#include "kernel/registry/import/header_names.hpp"

#include <algorithm>
#include <array>

#include "text/fold.hpp"
#include "text/letters.hpp"
#include "text/names.hpp"

namespace eschool::importing {

namespace {

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

std::u32string letters_of(std::string_view text) {
  std::u32string letters;
  for (std::size_t at = 0; at < text.size();) letters += text::next_code_point(text, at);
  return letters;
}

/// Letters to add, drop, replace or swap with the neighbour to make one word of the other (the optimal string alignment
/// distance).
std::size_t distance(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> two_back(b.size() + 1), back(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) back[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({back[j] + 1, row[j - 1] + 1, back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], two_back[j - 2] + 1);
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return back[b.size()];
}

std::size_t slips_allowed(std::size_t letters) { return letters < 4 ? 0 : letters < 8 ? 1 : 2; }

}  // namespace

std::string_view name(Understood how) {
  constexpr std::array names{"told", "header", "alias", "label", "alias", "similar"};
  return names.at(static_cast<std::size_t>(how));
}

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

HeaderNames::HeaderNames(const schema::Catalogue& catalogue, const SheetPlan& plan) : plan_(plan) {
  for (const auto how : {Understood::header, Understood::alias, Understood::label, Understood::field_alias})
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      const auto& [column, node, field, parts] = plan.columns[i];
      if (how == Understood::header) add(column->header, i, how);
      if (how == Understood::alias)
        for (const auto& alias : column->aliases) add(alias, i, how);
      if (!field || how < Understood::label) continue;
      // A column that leads to a reference is called as the reference is, not as the field that identifies its target.
      const auto located = catalogue.locate(*plan.registry, column->to);
      const auto& named = located && located.field->type == schema::FieldType::reference ? *located.field : *field;
      if (how == Understood::label) add(named.label, i, how);
      if (how == Understood::field_alias)
        for (const auto& alias : named.aliases) add(alias, i, how);
    }
}

void HeaderNames::add(std::string_view name, std::size_t column, Understood how) {
  auto key = header_key(name);
  if (key.empty()) return;
  const auto [known, added] = names_.try_emplace(std::move(key), Found{.column = column, .how = how});
  if (!added && known->second.how == how && known->second.column != column) known->second.ambiguous = true;
}

void HeaderNames::tell(const std::vector<ToldHeader>& headers) {
  for (const auto& told : headers) {
    Found found{.how = Understood::told, .skipped = told.to.empty()};
    if (!found.skipped) {
      const auto column = std::find_if(plan_.columns.begin(), plan_.columns.end(),
                                       [&](const PlanColumn& planned) { return planned.column->to == told.to; });
      if (column == plan_.columns.end()) continue;
      found.column = static_cast<std::size_t>(column - plan_.columns.begin());
    }
    if (auto key = header_key(told.header); !key.empty()) names_.insert_or_assign(std::move(key), found);
  }
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

std::optional<HeaderNames::Found> HeaderNames::similar(std::string_view header, const std::vector<bool>& taken) const {
  const auto key = letters_of(header_key(header));
  auto nearest = slips_allowed(key.size());
  if (nearest == 0) return {};
  std::optional<Found> found;
  bool several = false;
  for (const auto& [known, candidate] : names_) {
    if (candidate.skipped || candidate.ambiguous || taken[candidate.column]) continue;
    const auto letters = letters_of(known);
    if (letters.size() > key.size() + nearest || key.size() > letters.size() + nearest) continue;
    const auto slips = distance(key, letters);
    if (slips > nearest || slips > slips_allowed(letters.size())) continue;
    several = slips == nearest && found && (several || found->column != candidate.column);
    nearest = slips;
    found = candidate;
  }
  if (!found || several) return {};
  found->how = Understood::similar;
  return found;
}

}  // namespace eschool::importing
