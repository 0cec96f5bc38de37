#include "schema/loader.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "rules/expression.hpp"
#include "schema/names.hpp"
#include "schema/reader.hpp"
#include "schema/resolve.hpp"

namespace eschool::schema {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = 1 << 20;

/// "$schema" is for editors.
template <typename T>
void ignore(Reader&, const Json&, T&) {}

void read_registry_views(Reader& reader, const Json& json, Registry& registry) {
  read_views(reader, json, registry.views);
}
void read_registry_fields(Reader& reader, const Json& json, Registry& registry) {
  read_fields(reader, json, registry.fields);
}
void read_display(Reader& reader, const Json& json, Registry& registry) {
  if (reader.read(json, registry.display) && !template_fields(registry.display))
    reader.error(json.key, "фигурные скобки шаблона не закрыты или пусты");
}

constexpr Key<DataCheck> check_keys[] = {{"id", &member<&DataCheck::id, DataCheck>},
                                         {"label", &member<&DataCheck::label, DataCheck>},
                                         {"broken", &member<&DataCheck::broken, DataCheck>},
                                         {"hint", &member<&DataCheck::hint, DataCheck>},
                                         {"timely", &member<&DataCheck::timely, DataCheck>}};

template <class Into>
void read_checks(Reader& reader, const Json& json, Into& into) {
  reader.items(json, [&](const Json& item) {
    DataCheck check;
    if (!read_object<DataCheck>(reader, item, check_keys, check)) return;
    for (const char* key : {"id", "label", "broken", "hint"})
      if (!item.has(key)) reader.error(item.key, "проверке нужен ключ " + std::string(key));
    if (!check.id.empty() && !is_name(check.id))
      reader.error(key_in(item.key, "id"), "ожидалось имя из латинских букв: no_class");
    for (const auto& other : into.checks)
      if (other.id == check.id) reader.error(key_in(item.key, "id"), "проверка «" + check.id + "» уже есть");
    into.checks.push_back(std::move(check));
  });
}

template <auto Member>
constexpr auto registry_member = &member<Member, Registry>;

constexpr Key<Registry> registry_keys[] = {{"$schema", &ignore<Registry>},
                                           {"id", registry_member<&Registry::id>},
                                           {"label", registry_member<&Registry::label>},
                                           {"label_one", registry_member<&Registry::label_one>},
                                           {"display", &read_display},
                                           {"facet_of", registry_member<&Registry::facet_of>},
                                           {"facet_by", registry_member<&Registry::facet_by>},
                                           {"active_until", registry_member<&Registry::active_until>},
                                           {"kept_while", registry_member<&Registry::kept_while>},
                                           {"singleton", registry_member<&Registry::singleton>},
                                           {"fields", &read_registry_fields},
                                           {"unique", registry_member<&Registry::unique>},
                                           {"identity", registry_member<&Registry::identity>},
                                           {"identity_among", registry_member<&Registry::identity_among>},
                                           {"checks", &read_checks<Registry>},
                                           {"views", &read_registry_views}};

constexpr Key<Extension> extension_keys[] = {
    {"$schema", &ignore<Extension>},
    {"adds_to", &member<&Extension::adds_to, Extension>},
    {"fields", [](Reader& reader, const Json& json, Extension& into) { read_fields(reader, json, into.fields); }},
    {"checks", &read_checks<Extension>},
    {"views",
     [](Reader& reader, const Json& json, Extension& into) { read_extension_views(reader, json, into.views); }}};

void read_registry(Reader& reader, const Json& root, Loaded& loaded) {
  Registry registry;
  registry.plugin = reader.plugin();
  registry.file = reader.file();
  if (!read_object<Registry>(reader, root, registry_keys, registry)) return;
  for (const char* key : {"id", "label", "fields"})
    if (!root.has(key)) reader.error("", "реестру нужен ключ " + std::string(key));
  if (!registry.id.empty() && !is_registry_id(registry.id))
    reader.error("id", "ожидался реестр вида people.student, не длиннее 50 знаков");
  else if (!registry.id.empty() && !registry.id.starts_with(registry.plugin + "."))
    reader.error("id", "реестр плагина «" + registry.plugin + "» начинается с «" + registry.plugin + ".»");
  if (const auto* list = root.value.get_object().if_contains("fields");
      list && list->is_array() && list->get_array().empty())
    reader.error("fields", "реестру нужно хотя бы одно поле");
  if (registry.display.empty() && registry.facet_of.empty()) reader.error("", "реестру нужен ключ display");
  if (registry.facet_of.empty() != registry.facet_by.empty())
    reader.error(registry.facet_of.empty() ? "facet_by" : "facet_of", "facet_of и facet_by бывают только вместе");
  if (reader.failed()) return;
  registry.lines = reader.take_lines();
  loaded.registries.push_back(std::move(registry));
}

void read_extension(Reader& reader, const Json& root, Loaded& loaded) {
  Extension extension;
  extension.plugin = reader.plugin();
  extension.file = reader.file();
  if (!read_object<Extension>(reader, root, extension_keys, extension)) return;
  if (!is_registry_id(extension.adds_to))
    reader.error("adds_to", "ожидался реестр вида school.class");
  else if (extension.adds_to.starts_with(extension.plugin + "."))
    reader.error("adds_to", "реестр своего плагина дополняют в его собственном файле");
  for (auto& field : extension.fields) {
    field.id = extension.plugin + "." + field.id;
    field.added_by = extension.plugin;
  }
  if (reader.failed()) return;
  extension.lines = reader.take_lines();
  loaded.extensions.push_back(std::move(extension));
}

struct RelationText {
  std::string label;
  std::vector<Relation> on;
};

void read_on(Reader& reader, const Json& json, RelationText& into) {
  if (!json.value.is_object()) return reader.error(json.key, "ожидался объект: реестр и условие");
  for (const auto& [id, value] : json.value.get_object()) {
    Relation relation;
    relation.registry = std::string(id);
    const Json rule{value, key_in(json.key, relation.registry)};
    relation.line = reader.line(rule.key);
    if (!is_registry_id(relation.registry)) reader.error(rule.key, "ожидался реестр вида people.student");
    if (!reader.read(rule, relation.rule)) continue;
    const auto parsed = rules::parse(relation.rule);
    if (const auto* problem = std::get_if<rules::SyntaxError>(&parsed)) reader.error(rule.key, problem->message);
    into.on.push_back(std::move(relation));
  }
}

constexpr Key<RelationText> relation_keys[] = {{"label", &member<&RelationText::label, RelationText>},
                                               {"on", &read_on}};

/// The *.json files of a folder in the order of names; `name` is the folder's name in messages.
std::vector<fs::path> json_files(const fs::path& folder, const std::string& name, std::vector<LoadError>& errors) {
  std::vector<fs::path> paths;
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem))
    if (it->path().extension() == ".json") paths.push_back(it->path());
  if (problem) errors.push_back({name, 0, "", "папка не читается: " + problem.message()});
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool read_file(const fs::path& path, std::string& text) {
  std::error_code problem;
  const auto size = fs::file_size(path, problem);
  if (problem || size > largest_file) return false;
  std::ifstream in(path, std::ios::binary);
  text.assign(std::istreambuf_iterator<char>(in), {});
  return in.good() || in.eof();
}

}  // namespace

void load_registry_text(std::string_view text, std::string_view file, std::string_view plugin,
                        const KnownCheck& known_check, Loaded& loaded, std::vector<LoadError>& errors) {
  Reader reader(file, plugin, known_check, errors);
  boost::json::value value;
  if (!reader.parse(text, value)) return;
  const Json root{value, ""};
  if (root.has("adds_to"))
    read_extension(reader, root, loaded);
  else
    read_registry(reader, root, loaded);
}

void load_relations_text(std::string_view text, std::string_view file, Loaded& loaded, std::vector<LoadError>& errors) {
  const KnownCheck no_checks;
  Reader reader(file, "", no_checks, errors);
  boost::json::value value;
  if (!reader.parse(text, value)) return;
  if (!value.is_object()) return reader.error("", "ожидался объект {...}");
  std::vector<Relation> relations;
  for (const auto& [name, body] : value.get_object()) {
    if (name == "$schema") continue;
    const Json json{body, std::string(name)};
    if (!is_name(json.key))
      reader.error(json.key, "имя связи: латинские строчные буквы, цифры и одиночные _, не больше 40 знаков");
    RelationText relation;
    if (!read_object<RelationText>(reader, json, relation_keys, relation)) continue;
    if (relation.label.empty()) reader.error(json.key, "связи нужен ключ label");
    if (relation.on.empty()) reader.error(json.key, "связи нужен ключ on: реестр и условие");
    for (auto& on : relation.on) {
      on.name = json.key;
      on.label = relation.label;
      on.file = file;
      relations.push_back(std::move(on));
    }
  }
  if (reader.failed()) return;
  std::move(relations.begin(), relations.end(), std::back_inserter(loaded.relations));
}

Loaded load_folder(const fs::path& folder, std::string_view plugin, const KnownCheck& known_check,
                   std::vector<LoadError>& errors) {
  Loaded loaded;
  const std::string name_of_folder = "schemas/" + folder.filename().string();
  for (const auto& path : json_files(folder, "schemas/" + std::string(plugin), errors)) {
    const std::string name = name_of_folder + "/" + path.filename().string();
    std::string text;
    if (!read_file(path, text))
      errors.push_back({name, 0, "", "файл не читается или больше 1 МиБ"});
    else if (path.filename() == "relations.json")
      load_relations_text(text, name, loaded, errors);
    else
      load_registry_text(text, name, plugin, known_check, loaded, errors);
  }
  const auto values = folder / "values";
  std::error_code absent;
  if (!fs::exists(values, absent)) return loaded;
  for (const auto& path : json_files(values, name_of_folder + "/values", errors)) {
    const std::string name = name_of_folder + "/values/" + path.filename().string();
    std::string text;
    if (!read_file(path, text))
      errors.push_back({name, 0, "", "файл не читается или больше 1 МиБ"});
    else
      load_values_text(text, name, plugin, loaded, errors);
  }
  return loaded;
}

std::vector<KnownKeys> known_keys() {
  std::vector<KnownKeys> all{names_of<Registry>("registry", registry_keys),
                             names_of<Extension>("extension", extension_keys), names_of<DataCheck>("check", check_keys),
                             names_of<RelationText>("relation", relation_keys)};
  append_field_keys(all);
  append_view_keys(all);
  append_shipped_keys(all);
  return all;
}

}  // namespace eschool::schema
