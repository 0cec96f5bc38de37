#include "kernel/access/roles.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <mutex>

#include "schema/resolve.hpp"

namespace eschool::access {
namespace {

namespace json = boost::json;

/// Reads one roles file; every complaint names the role and the key.
class Reader {
 public:
  Reader(std::string file, const schema::Catalogue& catalogue, std::vector<schema::LoadError>& errors)
      : file_(std::move(file)), catalogue_(catalogue), errors_(errors) {}

  std::vector<Role> read(std::string_view text) {
    json::error_code failure;
    const auto document = json::parse(json::string_view(text.data(), text.size()), failure);
    if (failure) return complain("", "файл не разобран как JSON: " + failure.message()), std::vector<Role>{};
    std::vector<Role> roles;
    const auto* root = document.if_object();
    const auto* list = root && root->contains("roles") ? root->at("roles").if_array() : nullptr;
    if (!list) return complain("roles", "ожидался список ролей"), std::vector<Role>{};
    for (std::size_t i = 0; i < list->size(); ++i)
      if (const auto* object = (*list)[i].if_object())
        roles.push_back(role(*object, fmt::format("roles[{}]", i)));
      else
        complain(fmt::format("roles[{}]", i), "ожидался объект роли");
    return roles;
  }

 private:
  void complain(const std::string& key, std::string message) { errors_.push_back({file_, 0, key, std::move(message)}); }

  std::string text(const json::value& value, const std::string& key) {
    if (const auto* string = value.if_string()) return {string->data(), string->size()};
    complain(key, "ожидалась строка");
    return {};
  }

  std::vector<std::string> texts(const json::value& value, const std::string& key) {
    std::vector<std::string> result;
    if (const auto* array = value.if_array())
      for (const auto& item : *array) result.push_back(text(item, key));
    else
      complain(key, "ожидался список строк");
    return result;
  }

  int number(const json::value& value, const std::string& key) {
    if (const auto* integer = value.if_int64(); integer && *integer > 0 && *integer < 1'000'000)
      return static_cast<int>(*integer);
    complain(key, "ожидалось положительное целое число");
    return 1;
  }

  bool flag(const json::value& value, const std::string& key) {
    if (const auto* truth = value.if_bool()) return *truth;
    complain(key, "ожидалось true или false");
    return false;
  }

  Role role(const json::object& object, const std::string& key) {
    Role role;
    for (const auto& [name, value] : object) {
      const auto path = fmt::format("{}.{}", key, std::string_view(name));
      if (name == "id")
        role.id = text(value, path);
      else if (name == "label")
        role.label = text(value, path);
      else if (name == "description")
        role.description = text(value, path);
      else if (name == "held_as")
        held_as(role, value, path);
      else if (name == "capabilities") {
        for (auto& capability : texts(value, path)) role.capabilities.insert(std::move(capability));
      } else if (name == "session")
        session(role, value, path);
      else if (name == "yearly")
        role.yearly = flag(value, path);
      else if (name == "second_factor")
        role.second_factor = flag(value, path);
      else if (name == "issues") {
        role.issues = texts(value, path);
        if (!role.issues.empty()) role.capabilities.insert("accounts.issue");
      } else if (name == "imports") {
        role.imports = texts(value, path);
        if (!role.imports->empty()) role.capabilities.insert("import");
      } else if (name == "rights")
        rights(role, value, path);
      else
        complain(path, "неизвестный ключ");
    }
    if (role.id.empty()) complain(key + ".id", "у роли нет идентификатора");
    return role;
  }

  void held_as(Role& role, const json::value& value, const std::string& key) {
    role.held_as = text(value, key);
    // As with rights: a registry that is not installed here is not an error.
    const auto* registry = catalogue_.find(role.held_as);
    if (registry && registry->active_until.empty())
      complain(key, fmt::format("у реестра {} нет последнего дня (active_until)", role.held_as));
  }

  void session(Role& role, const json::value& value, const std::string& key) {
    const auto* object = value.if_object();
    if (!object) return complain(key, "ожидался объект");
    for (const auto& [name, item] : *object) {
      const auto path = fmt::format("{}.{}", key, std::string_view(name));
      if (name == "idle_minutes")
        role.idle_minutes = number(item, path);
      else if (name == "absolute_hours")
        role.absolute_hours = number(item, path);
      else
        complain(path, "неизвестный ключ");
    }
  }

  void rights(Role& role, const json::value& value, const std::string& key) {
    const auto* object = value.if_object();
    if (!object) return complain(key, "ожидался объект: реестр и права на него");
    for (const auto& [name, item] : *object) {
      const std::string registry_id(name);
      const auto path = key + "." + registry_id;
      // A registry of a plugin that is not installed here is not an error: the file serves every school.
      const auto* registry = catalogue_.find(registry_id);
      if (!registry) continue;
      if (const auto* array = item.if_array())
        for (const auto& entry : *array) role.rights[registry_id].push_back(right(entry, *registry, path));
      else
        role.rights[registry_id].push_back(right(item, *registry, path));
    }
  }

  Right right(const json::value& value, const schema::Registry& registry, const std::string& key) {
    Right right;
    const auto* object = value.if_object();
    if (!object) return complain(key, "ожидался объект прав"), right;
    for (const auto& [name, item] : *object) {
      const auto path = fmt::format("{}.{}", key, std::string_view(name));
      if (name == "read" || name == "create" || name == "update" || name == "archive") {
        const auto action = name == "read"     ? Action::read
                            : name == "create" ? Action::create
                            : name == "update" ? Action::update
                                               : Action::archive;
        right.relations[action] = texts(item, path);
        for (const auto& relation : right.relations[action])
          if (relation != "all" && !catalogue_.relates(relation, registry.id))
            complain(path, fmt::format("отношение «{}» не объявлено для реестра {}", relation, registry.id));
      } else if (name == "where") {
        right.where = text(item, path);
        if (const auto problem = schema::check_rule(catalogue_, registry, right.where)) complain(path, *problem);
      } else if (name == "reads") {
        const auto level = text(item, path);
        if (level == "public")
          right.reads = schema::Sensitivity::open;
        else if (level == "staff")
          right.reads = schema::Sensitivity::staff;
        else if (level == "personal")
          right.reads = schema::Sensitivity::personal;
        else if (level == "special")
          right.reads = schema::Sensitivity::special;
        else
          complain(path, "ожидалось public, staff, personal или special");
      } else if (name == "writes") {
        right.writes = texts(item, path);
        for (const auto& field : *right.writes)
          if (!catalogue_.locate(registry, field)) complain(path, fmt::format("нет поля «{}»", field));
      } else {
        complain(path, "неизвестный ключ");
      }
    }
    return right;
  }

  std::string file_;
  const schema::Catalogue& catalogue_;
  std::vector<schema::LoadError>& errors_;
};

}  // namespace

void Roles::Table::add(Role role) {
  for (const auto* known : current)
    if (known->id == role.id) return;
  current.push_back(&kept.emplace_back(std::move(role)));
}

Roles Roles::parse(std::string_view text, const std::string& name, const schema::Catalogue& catalogue,
                   std::vector<schema::LoadError>& errors) {
  const auto before = errors.size();
  auto read = Reader(name, catalogue, errors).read(text);
  Roles roles;
  if (errors.size() == before)
    for (auto& role : read) roles.table_->add(std::move(role));
  return roles;
}

Roles Roles::load(const std::filesystem::path& file, const schema::Catalogue& catalogue,
                  std::vector<schema::LoadError>& errors) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    errors.push_back({file.string(), 0, "", "файл ролей не открывается"});
    return {};
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return parse(text, file.string(), catalogue, errors);
}

Roles Roles::combined(const std::vector<const Roles*>& tables) {
  Roles result;
  for (auto table = tables.rbegin(); table != tables.rend(); ++table)
    for (const auto* role : (*table)->all()) result.table_->add(*role);
  return result;
}

const Role* Roles::find(std::string_view id) const {
  const std::shared_lock lock(table_->mutex);
  for (const auto* role : table_->current)
    if (role->id == id) return role;
  return nullptr;
}

std::vector<const Role*> Roles::all() const {
  const std::shared_lock lock(table_->mutex);
  return table_->current;
}

void Roles::set_own(std::vector<Role> own) {
  const std::unique_lock lock(table_->mutex);
  std::erase_if(table_->current, [](const Role* role) { return role->own; });
  for (auto& role : own) {
    role.own = true;
    table_->add(std::move(role));
  }
}

}  // namespace eschool::access
