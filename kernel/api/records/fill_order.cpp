#include "kernel/api/records/fill_order.hpp"

#include <algorithm>
#include <map>

#include "schema/fill_order.hpp"

namespace eschool::api {

namespace json = boost::json;
using access::Action;
using schema::Registry;

namespace {

std::int64_t records_of(Context& context, const Registry& registry) {
  registry::ListRequest request;
  request.limit = 1;
  request.fields = "id";
  request.count = true;
  std::string page;
  context.school.query().list(*context.database, context.asker(), registry, request, page);
  return json::parse(page).at("total").as_int64();
}

json::array ids(const std::vector<const Registry*>& registries) {
  json::array list;
  for (const auto* registry : registries) list.push_back(json::value(registry->id));
  return list;
}

}  // namespace

http::Reply fill_order(Context& context) {
  const auto& policy = context.school.policy();
  const auto mine = context.school.registries();
  const auto order = schema::fill_order(context.school.catalogue(), [&](const Registry& registry) {
    return std::find(mine.begin(), mine.end(), &registry) != mine.end() &&
           policy.may(context.who, registry, Action::read);
  });
  std::map<const Registry*, std::int64_t> records;
  for (const auto& step : order) records[step.registry] = records_of(context, *step.registry);

  json::array items;
  json::value next;
  for (const auto& step : order) {
    auto empty = step.needs;
    std::erase_if(empty, [&](const auto* needed) { return records[needed] > 0; });
    const bool shipped =
        std::any_of(context.school.catalogue().values().begin(), context.school.catalogue().values().end(),
                    [&](const auto& file) { return file.registry == step.registry->id; });
    const bool may_create = policy.may(context.who, *step.registry, Action::create);
    if (next.is_null() && may_create && !step.part_of && empty.empty() && records[step.registry] == 0)
      next = json::value(step.registry->id);
    json::object item{{"registry", step.registry->id},
                      {"label", step.registry->label},
                      {"records", records[step.registry]},
                      {"needs", ids(step.needs)},
                      {"uses", ids(step.uses)},
                      {"empty_needs", ids(empty)},
                      {"shipped", shipped},
                      {"create", may_create}};
    if (step.part_of) item["part_of"] = step.part_of->id;
    items.push_back(std::move(item));
  }
  http::Reply reply;
  reply.body = json::serialize(json::object{{"items", std::move(items)}, {"next", std::move(next)}});
  return reply;
}

}  // namespace eschool::api
