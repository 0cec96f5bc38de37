#include "kernel/registry/import/better_fit.hpp"

#include <algorithm>
#include <tuple>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/import/header_match.hpp"
#include "kernel/registry/import/importer.hpp"

namespace eschool::importing {

using schema::Catalogue;
using schema::Registry;

namespace {

constexpr double least_share = 0.5;   ///< of the headings, that another registry must know
constexpr double least_ahead = 0.25;  ///< of the headings, that it must know beyond the chosen one

struct Fit {
  double share = 0;
  std::size_t known = 0;
  bool sheet_named = false;  ///< as files of the registry name theirs
  bool label_named = false;  ///< the sheet is called as the registry is

  auto order() const { return std::tie(share, known, sheet_named, label_named); }
};

Fit fit_of(std::size_t known, std::size_t strange) {
  Fit fit;
  if (known < 2) return fit;  // a title in a row of its own, a word that many registries have
  fit.known = known;
  fit.share = static_cast<double>(known) / static_cast<double>(known + strange);
  return fit;
}

Fit fit_of(const HeaderNames& names, const SheetPlan& plan, const tabular::Sheet& sheet) {
  Fit best;
  const auto header = find_header(names, plan, sheet);
  if (header) {
    // What resembles a name by all but a letter was guessed: it speaks for nobody.
    const auto guessed = static_cast<std::size_t>(
        std::count_if(header->columns.begin(), header->columns.end(),
                      [](const MappedColumn& mapped) { return mapped.how == Understood::similar; }));
    best = fit_of(header->columns.size() - guessed + header->skipped.size(), header->unknown.size() + guessed);
  }
  if (!plan.registry->views.import.name_value) return best;
  if (const auto named = find_named_values(names, plan, sheet))
    if (const auto fit = fit_of(named->lines.size(), named->unknown.size()); best.order() < fit.order()) best = fit;
  return best;
}

Fit fit_of(const Catalogue& catalogue, const Registry& registry, const tabular::Workbook& workbook,
           const std::string& asked, const std::vector<ToldHeader>& told) {
  Fit best;
  const auto& usual = definition_of(catalogue, registry);
  for (const auto* definition : {&usual, &registry}) {
    if (definition->views.import.columns.empty()) continue;
    const auto plan = make_plan(catalogue, *definition);
    HeaderNames names(catalogue, plan);
    names.tell(told);
    for (const auto& sheet : workbook.sheets) {
      if (sheet.hidden || (!asked.empty() && sheet.name != asked)) continue;
      auto fit = fit_of(names, plan, sheet);
      const auto key = header_key(sheet.name);
      const auto called = [&](const std::string& name) { return !key.empty() && header_key(name) == key; };
      const auto& sheets = definition->views.import.sheets;
      fit.sheet_named = std::any_of(sheets.begin(), sheets.end(), called);
      fit.label_named = called(registry.label);
      if (best.order() < fit.order()) best = fit;
    }
    if (&usual == &registry) break;
  }
  return best;
}

}  // namespace

const Registry* better_fit(const Catalogue& catalogue, const Registry& chosen, const tabular::Workbook& workbook,
                           const std::string& sheet, const std::vector<ToldHeader>& told,
                           const std::function<bool(const Registry&)>& allowed) {
  const auto own = fit_of(catalogue, chosen, workbook, sheet, told).share;
  if (own + least_ahead > 1) return nullptr;
  const Registry* found = nullptr;
  Fit best;
  for (const auto& registry : catalogue.registries()) {
    if (registry.get() == &chosen || !importable(catalogue, *registry) || !allowed(*registry)) continue;
    const auto fit = fit_of(catalogue, *registry, workbook, sheet, {});
    if (fit.share < least_share || fit.share < own + least_ahead || !(best.order() < fit.order())) continue;
    found = registry.get();
    best = fit;
  }
  return found;
}

std::string suggested_member(const Registry& registry) {
  std::string out = "\"suggested\":{\"registry\":";
  json::append_string(out, registry.id);
  out += ",\"label\":";
  json::append_string(out, registry.label);
  return out + '}';
}

}  // namespace eschool::importing
