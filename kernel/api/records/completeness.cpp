#include "kernel/api/records/completeness.hpp"

#include <algorithm>

#include "kernel/api/reply.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/tally.hpp"

namespace eschool::api {

namespace json = boost::json;
using registry::Completeness;

namespace {

std::vector<Completeness> measured(Context& context, const schema::Registry& registry, std::string_view by = {},
                                   std::int64_t id = 0) {
  return registry::completeness(*context.database, context.asker(), context.school.catalogue(), context.school.policy(),
                                registry, by, id);
}

std::int64_t overdue(const Completeness& group) {
  std::int64_t sum = 0;
  for (const auto& check : group.checks)
    if (check.check->timely) sum += check.broken;
  return sum;
}

json::object figures(const Completeness& group) {
  json::object object{{"records", group.records},
                      {"percent", group.percent()},
                      {"missing", group.missing()},
                      {"broken", group.broken()},
                      {"overdue", overdue(group)}};
  object["last_change"] = group.last_change.empty() ? json::value(nullptr) : json::value(group.last_change);
  return object;
}

json::object details(const schema::Registry& registry, const Completeness& group) {
  auto object = figures(group);
  object["registry"] = registry.id;
  object["label"] = registry.label;
  json::array fields, checks;
  for (const auto& gap : group.fields)
    fields.push_back(json::object{{"name", gap.field->name},
                                  {"label", gap.field->label},
                                  {"expected", gap.expected},
                                  {"missing", gap.missing},
                                  {"filter", gap.filter}});
  for (const auto& result : group.checks)
    checks.push_back(json::object{{"id", result.check->id},
                                  {"label", result.check->label},
                                  {"hint", result.check->hint},
                                  {"timely", result.check->timely},
                                  {"broken", result.broken},
                                  {"filter", result.filter}});
  object["fields"] = std::move(fields);
  object["checks"] = std::move(checks);
  return object;
}

/// Whom a path of references leads to.
const schema::Registry& end_of(const Context& context, const schema::Registry& from, std::string_view by) {
  const auto* at = &from;
  for (auto rest = by; !rest.empty();) {
    const auto dot = std::min(rest.find('.'), rest.size());
    const auto located = context.school.catalogue().locate(*at, rest.substr(0, dot));
    if (!located) throw registry::bad_request("unknown_by", "Такого поля нет.");
    at = &context.school.catalogue().at(located.field->target);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  return *at;
}

}  // namespace

http::Reply completeness_of_all(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  json::array items;
  std::int64_t expected = 0, missing = 0, broken = 0;
  // Whoever only reads a registry need not hear what it lacks, unless he answers for the whole.
  const bool answers_for_all = context.school.policy().has_capability(context.who, "history");
  const auto is_base = [&](const schema::Registry& registry) {  // its fields are counted with the facets'
    return std::any_of(context.school.catalogue().registries().begin(), context.school.catalogue().registries().end(),
                       [&](const auto& other) { return context.school.catalogue().base(*other) == &registry; });
  };
  for (const auto* registry : context.school.registries()) {
    if (!context.school.policy().may(context.who, *registry, access::Action::read) || is_base(*registry)) continue;
    if (!answers_for_all && !context.school.policy().may(context.who, *registry, access::Action::update)) continue;
    for (const auto& group : measured(context, *registry)) {
      if (!group.records || (group.fields.empty() && group.checks.empty())) continue;
      expected += group.expected();
      missing += group.missing();
      broken += group.broken();
      auto item = figures(group);
      item["registry"] = registry->id;
      item["label"] = registry->label;
      items.push_back(std::move(item));
    }
  }
  return reply_of({{"percent", expected ? (expected - missing) * 100 / expected : 100},
                   {"missing", missing},
                   {"broken", broken},
                   {"registries", std::move(items)}});
}

http::Reply completeness_of_registry(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  const auto& registry = context.registry();
  auto object = details(registry, measured(context, registry).at(0));
  if (const auto by = context.query.text("by"); !by.empty()) {
    auto groups = measured(context, registry, by);
    std::stable_sort(groups.begin(), groups.end(), [](const Completeness& a, const Completeness& b) {
      return std::pair(a.percent(), -a.broken()) < std::pair(b.percent(), -b.broken());
    });
    const auto& end = end_of(context, registry, by);
    json::array list;
    for (const auto& group : groups) {
      auto item = figures(group);
      item["id"] = group.group ? json::value(group.group) : json::value(nullptr);
      item["display"] =
          group.group ? context.school.query().display(*context.database, end, group.group) : "не указано";
      list.push_back(std::move(item));
    }
    object["groups"] = std::move(list);
  }
  return reply_of(object);
}

http::Reply completeness_of_record(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  const auto& registry = context.registry();
  const auto found = measured(context, registry, {}, context.id());
  // Who has left is not counted, but his card is there.
  if (!found.at(0).records &&
      !context.school.query().readable(*context.database, context.asker(), registry, context.id()))
    throw registry::not_found();
  return reply_of(details(registry, found.at(0)));
}

http::Reply summary(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  json::array items;
  std::int64_t total = 0;
  for (const auto& bar : registry::count_by(*context.database, context.asker(), context.school.query(),
                                            context.school.catalogue(), context.school.policy(), context.registry(),
                                            context.query.text("by"), std::string(context.query.text("filter")))) {
    total += bar.count;
    items.push_back(json::object{{"value", bar.value.empty() ? json::value(nullptr) : json::value(bar.value)},
                                 {"label", bar.label},
                                 {"count", bar.count}});
  }
  return reply_of({{"items", std::move(items)}, {"total", total}});
}

}  // namespace eschool::api
