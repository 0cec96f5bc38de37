/// Keys of a field in a schema file, and what one field must keep to by itself.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "rules/expression.hpp"
#include "schema/names.hpp"
#include "schema/reader.hpp"
#include "schema/resolve.hpp"

namespace eschool::schema {
namespace {

constexpr int longest_text = 1'000'000;

template <auto Member>
constexpr auto field_member = &member<Member, Field>;

void read_type(Reader& reader, const Json& json, Field& field) {
  std::string name;
  if (!reader.read(json, name)) return;
  if (const auto type = type_by_name(name))
    field.type = *type;
  else
    reader.error(json.key,
                 "неизвестный тип «" + name +
                     "»; бывают: text longtext int decimal bool date time datetime enum ref children file json");
}

void read_sensitivity(Reader& reader, const Json& json, Field& field) {
  std::string name;
  if (!reader.read(json, name)) return;
  if (const auto level = sensitivity_by_name(name))
    field.sensitivity = *level;
  else
    reader.error(json.key, "неизвестный уровень «" + name + "»; бывают: public staff personal special");
}

void read_check(Reader& reader, const Json& json, Field& field) {
  if (reader.read(json, field.check) && !reader.knows_check(field.check))
    reader.error(json.key, "неизвестная проверка «" + field.check + "»");
}

void read_when(Reader& reader, const Json& json, Field& field) {
  if (!reader.read(json, field.when)) return;
  const auto parsed = rules::parse(field.when);
  if (const auto* problem = std::get_if<rules::SyntaxError>(&parsed)) reader.error(json.key, problem->message);
}

void read_derive(Reader& reader, const Json& json, Field& field) {
  if (reader.read(json, field.derive) && !template_fields(field.derive))
    reader.error(json.key, "фигурные скобки шаблона не закрыты или пусты");
}

/// Its type is checked against the field's when the field has been read.
void read_default(Reader& reader, const Json& json, Field& field) {
  if (json.value.is_object() || json.value.is_array() || json.value.is_null())
    return reader.error(json.key, "ожидалась строка, число, true или false");
  field.default_value = boost::json::serialize(json.value);
}

void read_target(Reader& reader, const Json& json, Field& field) {
  if (reader.read(json, field.target) && !is_registry_id(field.target))
    reader.error(json.key, "ожидался реестр вида people.student");
}

template <auto Member>
void read_bound(Reader& reader, const Json& json, Field& field) {
  double value = 0;
  if (reader.read(json, value)) field.*Member = value;
}

constexpr Key<EnumValue> value_keys[] = {{"id", &member<&EnumValue::id, EnumValue>},
                                         {"label", &member<&EnumValue::label, EnumValue>},
                                         {"aliases", &member<&EnumValue::aliases, EnumValue>}};

bool is_value_id(std::string_view id) {
  return id.size() <= 40 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

void read_values(Reader& reader, const Json& json, Field& field) {
  reader.items(json, [&](const Json& item) {
    EnumValue value;
    if (!read_object<EnumValue>(reader, item, value_keys, value)) return;
    if (value.id.empty() || value.label.empty()) reader.error(item.key, "значению нужны id и label");
    if (!is_value_id(value.id))
      reader.error(key_in(item.key, "id"), "id значения: латинские буквы, цифры, _ и -, не больше 40 знаков");
    for (const auto& other : field.values)
      if (other.id == value.id) reader.error(key_in(item.key, "id"), "значение «" + value.id + "» указано дважды");
    field.values.push_back(std::move(value));
  });
}

constexpr Key<Field> keys[] = {{"id", field_member<&Field::id>},
                               {"name", field_member<&Field::name>},
                               {"type", &read_type},
                               {"label", field_member<&Field::label>},
                               {"help", field_member<&Field::help>},
                               {"required", field_member<&Field::required>},
                               {"recommended", field_member<&Field::recommended>},
                               {"unique", field_member<&Field::unique>},
                               {"readonly", field_member<&Field::readonly>},
                               {"once", field_member<&Field::once>},
                               {"index", field_member<&Field::index>},
                               {"search", field_member<&Field::search>},
                               {"default", &read_default},
                               {"preset", field_member<&Field::preset>},
                               {"check", &read_check},
                               {"when", &read_when},
                               {"derive", &read_derive},
                               {"sensitivity", &read_sensitivity},
                               {"aliases", field_member<&Field::aliases>},
                               {"values", &read_values},
                               {"target", &read_target},
                               {"via", field_member<&Field::via>},
                               {"max_length", field_member<&Field::max_length>},
                               {"scale", field_member<&Field::scale>},
                               {"min", &read_bound<&Field::min>},
                               {"max", &read_bound<&Field::max>}};

/// One field against the rules of the format.
class FieldCheck {
 public:
  FieldCheck(Reader& reader, const Json& json, const Field& field) : reader_(reader), json_(json), field_(field) {}

  void run() {
    check_name();
    check_target();
    check_kinds();
    check_limits();
    if (field_.default_value) check_default();
    if (!field_.preset.empty() && !is({FieldType::reference})) error("preset", "preset бывает только у ссылки (ref)");
  }

 private:
  void error(std::string_view key, std::string message) { reader_.error(key_in(json_.key, key), std::move(message)); }
  bool is(std::initializer_list<FieldType> types) const {
    return std::find(types.begin(), types.end(), field_.type) != types.end();
  }

  void check_name() {
    for (const char* key : {"id", "name", "type", "label"})
      if (!json_.has(key)) reader_.error(json_.key, "полю нужен ключ " + std::string(key));
    if (!field_.id.empty() && !is_name(field_.id))
      error("id", "id поля: латинские строчные буквы, цифры и одиночные _, сначала буква, не больше 40 знаков");
    if (field_.name.empty()) return;
    if (!is_name(field_.name))
      error("name", "имя поля: латинские строчные буквы, цифры и одиночные _, сначала буква, не больше 40 знаков");
    else if (is_kernel_column(field_.name))
      error("name", "имя «" + field_.name + "» занято: такая колонка есть в каждой таблице");
    else if (field_.name == child_rows_member)
      error("name", "имя «" + field_.name + "» занято: так в ответе сервера названо состояние дочерних строк");
    else if (rules::is_keyword(field_.name))
      error("name", "имя «" + field_.name + "» занято: это слово языка условий");
  }

  void check_target() {
    const bool refers = is({FieldType::reference, FieldType::children});
    if (refers && field_.target.empty()) reader_.error(json_.key, "полю типа ref или children нужен target");
    if (!refers && json_.has("target")) error("target", "target бывает у полей типа ref и children");
    const bool children = is({FieldType::children});
    if (children && field_.via.empty())
      reader_.error(json_.key, "полю типа children нужен via: поле дочернего реестра, которое ссылается сюда");
    if (!children && json_.has("via")) error("via", "via бывает у полей типа children");
    if (!is({FieldType::enumeration}) && json_.has("values")) error("values", "values бывает у полей типа enum");
    if (is({FieldType::enumeration}) && field_.values.empty()) reader_.error(json_.key, "полю типа enum нужны values");
  }

  void check_kinds() {
    if (is({FieldType::children}))
      for (const char* key : {"required", "unique", "once", "index", "derive", "check", "default"})
        if (json_.has(key)) error(key, std::string(key) + " не бывает у полей типа children");
    if (field_.search && !is({FieldType::text, FieldType::integer, FieldType::date, FieldType::reference}))
      error("search", "search бывает у полей типа text, int, date и ref");
    const bool long_value = is({FieldType::longtext, FieldType::json, FieldType::file});
    if (field_.unique && long_value) error("unique", "поля типа longtext, json и file не бывают уникальными");
    if (field_.index && long_value) error("index", "index не бывает у полей типа longtext, json и file");
    if (json_.has("derive") && !is({FieldType::text, FieldType::longtext}))
      error("derive", "derive бывает у полей типа text и longtext");
  }

  void check_limits() {
    if (json_.has("max_length") && !is({FieldType::text, FieldType::longtext}))
      error("max_length", "max_length бывает у полей типа text и longtext");
    if (field_.max_length > longest_text) error("max_length", "не больше 1000000");
    if (json_.has("scale") && !is({FieldType::decimal})) error("scale", "scale бывает у полей типа decimal");
    if (field_.scale > 10) error("scale", "не больше 10 знаков после запятой");
    for (const char* key : {"min", "max"})
      if (json_.has(key) && !is({FieldType::integer, FieldType::decimal}))
        error(key, std::string(key) + " бывает у полей типа int и decimal");
    if (field_.min && field_.max && *field_.min > *field_.max) error("min", "min больше max");
  }

  void check_default() {
    const auto& value = json_.value.get_object().at("default");
    switch (field_.type) {
      case FieldType::boolean:
        if (!value.is_bool()) error("default", "для типа bool ожидалось true или false");
        break;
      case FieldType::integer:
        if (!value.is_int64()) error("default", "для типа int ожидалось целое число");
        break;
      case FieldType::decimal:
        if (!value.is_number()) error("default", "для типа decimal ожидалось число");
        break;
      case FieldType::reference:
      case FieldType::children:
      case FieldType::file:
      case FieldType::json:
        error("default", "у поля этого типа не бывает default");
        break;
      case FieldType::enumeration:
        if (!value.is_string() || !has_value(value.get_string())) error("default", "ожидался id одного из values");
        break;
      default:
        if (!value.is_string()) error("default", "ожидалась строка");
    }
  }

  bool has_value(std::string_view id) const {
    return std::any_of(field_.values.begin(), field_.values.end(), [&](const auto& value) { return value.id == id; });
  }

  Reader& reader_;
  const Json& json_;
  const Field& field_;
};

}  // namespace

void read_fields(Reader& reader, const Json& list, std::vector<Field>& into) {
  reader.items(list, [&](const Json& item) {
    Field field;
    field.line = reader.line(item.key);
    if (!read_object<Field>(reader, item, keys, field)) return;
    FieldCheck(reader, item, field).run();
    for (const auto& other : into) {
      if (other.id == field.id && !field.id.empty())
        reader.error(key_in(item.key, "id"), "id «" + field.id + "» уже есть у другого поля этого файла");
      if (other.name == field.name && !field.name.empty())
        reader.error(key_in(item.key, "name"), "поле «" + field.name + "» уже есть в этом файле");
    }
    into.push_back(std::move(field));
  });
}

void append_field_keys(std::vector<KnownKeys>& all) {
  all.push_back(names_of<Field>("field", keys));
  all.push_back(names_of<EnumValue>("value", value_keys));
}

}  // namespace eschool::schema
