#include "kernel/api/records/search.hpp"

#include <algorithm>
#include <set>

#include "kernel/api/reply.hpp"
#include "kernel/registry/problems.hpp"
#include "schema/fill_order.hpp"
#include "text/fold.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr int of_each = 5;

bool searched(const Context& context, const schema::Registry& registry) {
  const auto columns = context.school.query().columns_of(registry);
  return std::any_of(columns.begin(), columns.end(),
                     [](const auto* field) { return field->search && field->has_key(); });
}

/// Facets of people, those last that are kept for the sake of others; then what stands for itself, then rows of cards,
/// then the bare records that facets are made of. Among equals what refers to others is nearer than what it refers to:
/// pupils before employees, classes before rooms, dictionaries last.
std::vector<const schema::Registry*> in_order(const Context& context) {
  const auto& catalogue = context.school.catalogue();
  const auto enabled = context.school.registries();
  auto steps = schema::fill_order(catalogue, [&](const schema::Registry& registry) {
    return std::find(enabled.begin(), enabled.end(), &registry) != enabled.end() &&
           context.school.policy().may(context.who, registry, access::Action::read) && searched(context, registry);
  });
  std::reverse(steps.begin(), steps.end());
  const auto rank = [&](const schema::FillStep& step) {
    if (catalogue.base(*step.registry)) return step.registry->kept_while.empty() ? 0 : 1;
    if (std::any_of(steps.begin(), steps.end(),
                    [&](const auto& other) { return catalogue.base(*other.registry) == step.registry; }))
      return 4;
    return step.part_of ? 3 : 2;
  };
  std::vector<std::pair<int, const schema::Registry*>> ranked;
  for (const auto& step : steps) ranked.emplace_back(rank(step), step.registry);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const schema::Registry*> registries;
  for (const auto& [_, registry] : ranked) registries.push_back(registry);
  return registries;
}

}  // namespace

http::Reply search(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  registry::ListRequest request;
  request.q = context.query.text("q");
  request.limit = of_each;
  if (request.q.empty()) throw registry::bad_request("q", "Нужно слово: q.");
  const auto registries = in_order(context);
  const auto& catalogue = context.school.catalogue();
  json::array items;
  std::set<std::pair<const schema::Registry*, std::int64_t>> told;  // bases whose facet was found
  for (const auto* registry : registries) {
    const auto* base = catalogue.base(*registry);
    request.fields = base ? registry->facet_by : "id";
    std::string text;
    context.school.query().list(*context.database, context.asker(), *registry, request, text);
    const auto page = json::parse(text).as_object();
    for (const auto& item : page.at("items").as_array()) {
      const auto& row = item.as_object();
      const auto id = row.at("id").as_int64();
      if (base) {
        const auto* reference = row.if_contains(registry->facet_by);
        if (const auto* whose = reference ? reference->if_object() : nullptr)
          told.emplace(base, whose->at("id").as_int64());
      } else if (told.contains({registry, id})) {
        continue;
      }
      items.push_back(json::object{{"registry", registry->id},
                                   {"label", registry->label_one},
                                   {"id", id},
                                   {"display", context.school.query().display(*context.database, *registry, id)}});
    }
  }
  // Who types «7Б» means the class, before the pupils who are in it.
  const auto wanted = text::fold(request.q);
  std::stable_partition(items.begin(), items.end(), [&](const json::value& item) {
    return text::fold(std::string_view(item.at("display").as_string())) == wanted;
  });
  return reply_of({{"items", std::move(items)}});
}

}  // namespace eschool::api
