#include "kernel/registry/import/match_messages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/registry/field_value.hpp"
#include "text/dates.hpp"

namespace eschool::importing {

using schema::FieldType;

namespace {

std::string label_of(const schema::Catalogue& catalogue, const schema::Registry& registry, const std::string& name) {
  const auto located = catalogue.locate(registry, name);
  return fmt::format("«{}»", located ? located.field->label : name);
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

/// What would tell who is meant: for each group what is missing of it.
std::string wanted(const schema::Catalogue& catalogue, const schema::Registry& registry, const Identity& identity,
                   const registry::Values& given) {
  std::vector<std::string> ways;
  for (const auto& group : identity.groups()) {
    std::vector<std::string> missing;
    for (const auto& name : group)
      if (!given.contains(name) && name != patronymic) missing.push_back(label_of(catalogue, registry, name));
    auto way = join(missing, " и ");
    if (!way.empty() && std::find(ways.begin(), ways.end(), way) == ways.end()) ways.push_back(std::move(way));
  }
  return join(ways, " или ");
}

}  // namespace

std::string shown_value(const schema::Field& field, const storage::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return field.type == FieldType::boolean ? (*number ? "да" : "нет") : std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) {
    auto number = fmt::format("{:.{}f}", *real, field.scale);
    std::replace(number.begin(), number.end(), '.', ',');
    return number;
  }
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return {};
  if (field.type == FieldType::date) return text::iso_to_russian(*text);
  for (const auto& known : field.values)
    if (known.id == *text) return known.label;
  return *text;
}

std::string describe_given(const schema::Catalogue& catalogue, const schema::Registry& registry,
                           const registry::Values& given) {
  std::vector<std::string> names, rest;
  for (const auto part : {surname, given_name, patronymic})
    if (const auto found = given.find(part); found != given.end())
      names.push_back(std::get<std::string>(found->second));
  for (const auto& [name, value] : given) {
    const auto* field = catalogue.locate(registry, name).field;
    if (!field || field->type == FieldType::reference || name == surname || name == given_name || name == patronymic)
      continue;
    rest.push_back(given.size() == 1 ? shown_value(*field, value)
                                     : fmt::format("{} {}", field->label, shown_value(*field, value)));
  }
  if (!names.empty()) rest.insert(rest.begin(), join(names, " "));
  return join(rest, ", ");
}

CellNote match_error(const schema::Catalogue& catalogue, const schema::Registry& registry, const Identity& identity,
                     const Match& match, const registry::Values& given, const Describe& describe) {
  const auto list = [&](const std::vector<Candidate>& candidates) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min<std::size_t>(candidates.size(), 5); ++i)
      names.push_back(describe(candidates[i]));
    return join(names, "; ");
  };
  const auto labels = [&] {
    std::vector<std::string> words;
    for (const auto& name : match.fields) words.push_back(label_of(catalogue, registry, name));
    return join(words, ", ");
  };
  switch (match.kind) {
    case Match::Kind::found:
    case Match::Kind::none:
      break;
    case Match::Kind::missing:
      return {"identity_missing", fmt::format("недостаточно данных, чтобы узнать, о ком или о чём строка: укажите {}",
                                              wanted(catalogue, registry, identity, given))};
    case Match::Kind::ambiguous: {
      const auto more = wanted(catalogue, registry, identity, given);
      return {"ambiguous", fmt::format("подходит несколько записей ({}){}", list(match.candidates),
                                       more.empty() ? std::string() : ": уточните, добавив " + more)};
    }
    case Match::Kind::contradiction:
      return {"identity_conflict",
              fmt::format("{} принадлежит другому ({}): остальное в строке не сходится с этой записью, "
                          "проверьте номер",
                          labels(), describe(match.record))};
    case Match::Kind::conflict:
      return {"identity_conflict",
              fmt::format("похоже на запись «{}», но отличается {}: проверьте, та же ли это запись, и исправьте строку "
                          "или запись",
                          describe(match.record), labels())};
    case Match::Kind::similar:
      return {"ambiguous", fmt::format("есть похожая запись ({}), отличие только в отчестве, которого с одной "
                                       "стороны нет: впишите его там и тут одинаково",
                                       list(match.candidates))};
  }
  return {};
}

}  // namespace eschool::importing
