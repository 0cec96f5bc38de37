#include "schema/values.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "schema/fill_order.hpp"
#include "schema/loader.hpp"
#include "schema/names.hpp"
#include "schema/reader.hpp"

namespace eschool::schema {
namespace {

bool is_value_id(std::string_view id) {
  return !id.empty() && id.size() <= 40 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void read_values(Reader& reader, const Json& json, ShippedValues& into) {
  reader.items(json, [&](const Json& item) {
    if (!item.value.is_object()) return reader.error(item.key, "ожидался объект {...}");
    ShippedValue value;
    value.key = item.key;
    value.line = reader.line(item.key);
    if (!item.has("id")) reader.error(item.key, "значению нужен ключ id");
    for (const auto& [name, given] : item.value.get_object()) {
      const Json inside{given, key_in(item.key, std::string(name))};
      if (name == "id") {
        if (!reader.read(inside, value.id)) continue;
        if (!is_value_id(value.id))
          reader.error(inside.key, "id значения: латинские строчные буквы, цифры, _ и -, не больше 40 знаков");
      } else if (given.is_null() || given.is_object() || given.is_array()) {
        reader.error(inside.key, "ожидалась строка, число, true или false; пустое поле просто не пишут");
      } else {
        value.fields.emplace(std::string(name), boost::json::serialize(given));
      }
    }
    into.values.push_back(std::move(value));
  });
}

constexpr Key<ShippedValues> keys[] = {{"$schema", [](Reader&, const Json&, ShippedValues&) {}},
                                       {"registry", &member<&ShippedValues::registry, ShippedValues>},
                                       {"values", &read_values}};

/// One file's values against their registry.
class ValueCheck {
 public:
  /// Shipped ids by registry: those of the files before.
  using Known = std::map<std::string, std::set<std::string>, std::less<>>;

  ValueCheck(const Registry& registry, const ShippedValues& file, Known& known, std::vector<LoadError>& errors)
      : registry_(registry), file_(file), known_(known), errors_(errors) {}

  /// Whether the value may be given; if not, the errors say why.
  bool good(const ShippedValue& value) {
    const auto before = errors_.size();
    auto& ids = known_[registry_.id];
    if (ids.contains(value.id))
      error(key_in(value.key, "id"), "значение «" + value.id + "» реестра " + registry_.id + " указано дважды");
    for (const auto& [name, text] : value.fields) field(key_in(value.key, name), name, boost::json::parse(text));
    for (const auto& field : registry_.fields)
      if (field.required && !field.readonly && field.when.empty() && !field.default_value &&
          !value.fields.contains(field.name))
        error(value.key, "нет обязательного поля " + field.name);
    if (errors_.size() != before) return false;
    ids.insert(value.id);
    return true;
  }

 private:
  void error(const std::string& key, std::string message) {
    errors_.push_back({file_.file, line_of(file_.lines, key), key, std::move(message)});
  }

  void field(const std::string& key, const std::string& name, const boost::json::value& value) {
    const Field* field = registry_.find(name);
    if (!field) return error(key, "в реестре " + registry_.id + " нет поля " + name);
    if (field->readonly) return error(key, "поле " + name + " заполняет программа");
    const auto expect = [&](bool fits, const char* what) {
      if (!fits) error(key, std::string("ожидалось: ") + what);
    };
    switch (field->type) {
      case FieldType::integer:
        return expect(value.is_int64(), "целое число");
      case FieldType::decimal:
        return expect(value.is_number(), "число");
      case FieldType::boolean:
        return expect(value.is_bool(), "true или false");
      case FieldType::enumeration:
        return expect(value.is_string() && std::any_of(field->values.begin(), field->values.end(),
                                                       [&](const auto& one) { return one.id == value.get_string(); }),
                      "id одного из values поля");
      case FieldType::reference:
        if (!value.is_string())
          return expect(false, "id значения, поставляемого для реестра, на который поле ссылается");
        if (!known_[field->target].contains(std::string(value.get_string())))
          error(key, "для реестра " + field->target + " не поставляется значение «" + std::string(value.get_string()) +
                         "», или оно стоит дальше");
        return;
      case FieldType::children:
      case FieldType::file:
      case FieldType::json:
        return error(key, "поля этого типа не поставляются");
      default:
        return expect(value.is_string() && !value.get_string().empty(), "непустая строка");
    }
  }

  const Registry& registry_;
  const ShippedValues& file_;
  Known& known_;
  std::vector<LoadError>& errors_;
};

}  // namespace

void load_values_text(std::string_view text, std::string_view file, std::string_view plugin, Loaded& loaded,
                      std::vector<LoadError>& errors) {
  const KnownCheck no_checks;
  Reader reader(file, plugin, no_checks, errors);
  boost::json::value value;
  if (!reader.parse(text, value)) return;
  ShippedValues values;
  values.plugin = plugin;
  values.file = file;
  const Json root{value, ""};
  if (!read_object<ShippedValues>(reader, root, keys, values)) return;
  for (const char* key : {"registry", "values"})
    if (!root.has(key)) reader.error("", "файлу значений нужен ключ " + std::string(key));
  if (!values.registry.empty() && !is_registry_id(values.registry))
    reader.error("registry", "ожидался реестр вида school.post");
  if (reader.failed()) return;
  values.lines = reader.take_lines();
  loaded.values.push_back(std::move(values));
}

void append_shipped_keys(std::vector<KnownKeys>& all) { all.push_back(names_of<ShippedValues>("shipped", keys)); }

void Catalogue::take_values(std::vector<ShippedValues> files, std::vector<LoadError>& errors) {
  // A value that others name comes before them, as the records of a school do.
  std::map<std::string, std::size_t, std::less<>> place;
  for (const auto& step : fill_order(*this)) place.emplace(step.registry->id, place.size());
  std::stable_sort(files.begin(), files.end(), [&](const auto& one, const auto& other) {
    const auto at = [&](const auto& file) {
      const auto found = place.find(file.registry);
      return found == place.end() ? place.size() : found->second;
    };
    return at(one) < at(other);
  });
  ValueCheck::Known known;
  for (auto& file : files) {
    const auto refuse = [&](std::string message) {
      errors.push_back({file.file, line_of(file.lines, "registry"), "registry", std::move(message)});
    };
    const Registry* registry = find(file.registry);
    if (!registry) {
      refuse("нет реестра " + file.registry);
      continue;
    }
    if (registry->singleton || !registry->facet_of.empty()) {
      refuse("для реестра " + file.registry + " значения не поставляются: он сам — одна запись или роль человека");
      continue;
    }
    ValueCheck check(*registry, file, known, errors);
    std::erase_if(file.values, [&](const ShippedValue& value) { return !check.good(value); });
    file.lines.clear();
    values_.push_back(std::move(file));
  }
}

}  // namespace eschool::schema
