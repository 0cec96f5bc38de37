#include "kernel/api/menu.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "kernel/api/application.hpp"
#include "schema/fill_order.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

struct Group {
  std::string id, label;
  json::array items;
};

json::object group_object(Group& group, bool folded) {
  json::object object{{"id", group.id}, {"label", group.label}, {"items", std::move(group.items)}};
  if (folded) object["folded"] = true;
  return object;
}

}  // namespace

http::Reply menu(Context& context) {
  auto& school = context.school;
  const auto mine = school.registries();
  const auto order = schema::fill_order(school.catalogue(), [&](const schema::Registry& registry) {
    return std::find(mine.begin(), mine.end(), &registry) != mine.end() &&
           school.policy().may(context.who, registry, access::Action::read);
  });
  const auto& values = school.catalogue().values();
  std::vector<Group> groups;
  Group dictionaries{"dictionaries", "Справочники", {}};
  for (const auto& step : order) {
    if (step.part_of) continue;
    const auto& registry = *step.registry;
    const bool shipped =
        std::any_of(values.begin(), values.end(), [&](const auto& file) { return file.registry == registry.id; });
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.id == registry.plugin; });
    if (!shipped && group == groups.end()) {
      const auto* plugin = context.application.plugins().find(registry.plugin);
      groups.push_back({registry.plugin, plugin ? plugin->title : registry.plugin, {}});
      group = groups.end() - 1;
    }
    (shipped ? dictionaries.items : group->items)
        .push_back(json::object{{"registry", registry.id}, {"label", registry.label}});
  }
  json::array list;
  for (auto& group : groups) list.push_back(group_object(group, false));
  if (!dictionaries.items.empty()) list.push_back(group_object(dictionaries, true));
  http::Reply reply;
  reply.cacheable = true;
  reply.body = json::serialize(json::object{{"school", context.school_name()}, {"groups", std::move(list)}});
  return reply;
}

void demo_accounts(Application& application, std::string_view, http::Send send) {
  std::ifstream file(application.config().data / "demo-accounts.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  http::Reply reply;
  reply.body = "{\"items\":" + (text.empty() ? std::string("[]") : text) + "}";
  send(std::move(reply));
}

}  // namespace eschool::api
