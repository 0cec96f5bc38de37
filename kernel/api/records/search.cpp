#include "kernel/api/records/search.hpp"

#include <algorithm>
#include <set>

#include "kernel/api/reply.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr int of_each = 5;

bool searched(const Context& context, const schema::Registry& registry) {
  const auto columns = context.school.query().columns_of(registry);
  return std::any_of(columns.begin(), columns.end(),
                     [](const auto* field) { return field->search && field->has_key(); });
}

}  // namespace

http::Reply search(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  registry::ListRequest request;
  request.q = context.query.text("q");
  request.limit = of_each;
  if (request.q.empty()) throw registry::bad_request("q", "Нужно слово: q.");
  std::vector<const schema::Registry*> registries;
  for (const auto* registry : context.school.registries())
    if (context.school.policy().may(context.who, *registry, access::Action::read) && searched(context, *registry))
      registries.push_back(registry);
  // Facets of people, then what stands for itself, then the bare records that facets are made of.
  const auto& catalogue = context.school.catalogue();
  const auto rank = [&](const schema::Registry* registry) {
    if (catalogue.base(*registry)) return 0;
    return std::any_of(registries.begin(), registries.end(),
                       [&](const auto* other) { return catalogue.base(*other) == registry; })
               ? 2
               : 1;
  };
  std::stable_sort(registries.begin(), registries.end(),
                   [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
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
  return reply_of({{"items", std::move(items)}});
}

}  // namespace eschool::api
