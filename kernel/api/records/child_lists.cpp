#include "kernel/api/records/child_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

SeenLists seen_lists(const json::value& value, std::vector<http::FieldError>& errors) {
  SeenLists seen;
  const auto* lists = value.if_object();
  if (!lists) errors.push_back({"child_rows", "type", "ожидался объект, каким его дал сервер"});
  if (!lists) return seen;
  for (const auto& [name, list] : *lists) {
    const auto* object = list.if_object();
    const auto* state = object ? object->if_contains("state") : nullptr;
    if (state && state->is_string())
      seen[std::string(name)] = std::string(state->get_string());
    else
      errors.push_back({"child_rows." + std::string(name), "type", "нужен state, каким его дал сервер"});
  }
  return seen;
}

ChildList named_rows(const schema::Field& field, const json::array& rows, std::vector<http::FieldError>& errors) {
  ChildList list{&field, &rows, {}, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto at = fmt::format("{}[{}]", field.name, i);
    const auto* row = rows[i].if_object();
    if (!row) {
      errors.push_back({at, "type", "ожидался объект"});
      continue;
    }
    const auto* id = row->if_contains("id");
    list.named.push_back(0);
    if (!id || id->is_null()) continue;
    if (id->is_int64() && id->get_int64() > 0)
      list.named.back() = id->get_int64();
    else  // taken for a new row, it would send the old one to the archive
      errors.push_back({at + ".id", "type", "ожидался номер строки — целое число; у новой строки id нет"});
  }
  return list;
}

std::int64_t parent_of(const Context& context, const schema::Registry& registry, std::int64_t record,
                       const schema::Field& field) {
  if (registry.find(field.name) == &field) return record;
  return context.database->integer(
      fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", registry.facet_by, registry.table()), {record});
}

std::optional<http::ProblemError> compare_lists(const Context& context, const schema::Registry& registry,
                                                std::int64_t record, ChildLists& lists, const SeenLists& seen,
                                                std::optional<std::int64_t> version) {
  std::string changed, unproved, states;
  for (auto& list : lists) {
    const auto& field = *list.field;
    const auto now = context.school.query().child_rows(*context.database, context.asker(), field,
                                                       parent_of(context, registry, record, field));
    if (!now) continue;  // rows that he does not read he does not leave out
    if (!now->whole)
      throw registry::invalid(
          {{field.name, "too_many_rows",
            fmt::format("в списке «{}» больше {} строк: целиком он не записывается, меняйте строки по одной",
                        field.label, registry::child_row_limit)}});
    for (const auto& [id, row_version] : now->rows)
      if (std::find(list.named.begin(), list.named.end(), id) == list.named.end()) list.left_out.push_back(id);
    const auto state = seen.find(field.name);
    if (state != seen.end()) {
      if (state->second == now->state()) continue;
      changed += fmt::format("{}«{}»", changed.empty() ? "" : ", ", field.label);
      states += fmt::format("{}\"{}\":{}", states.empty() ? "" : ",", field.name,
                            json::serialize(json::object{{"state", state->second}}));
    } else if (version && !list.left_out.empty()) {
      unproved += fmt::format("{}«{}»: {}", unproved.empty() ? "" : ", ", field.label, list.left_out.size());
    }
  }
  if (changed.empty() && unproved.empty()) return {};

  auto problem =
      changed.empty()
          ? registry::problem(
                428, "rows_unseen", "Строки записи остались бы без вашего ведома в архиве",
                fmt::format("В вашем списке нет строк, которые есть в записи ({}). Прочитайте запись и пришлите список "
                            "вместе с её child_rows.",
                            unproved))
          : registry::problem(412, "stale", "Запись изменил кто-то другой",
                              fmt::format("Пока вы правили, изменились строки: {}. Сравните и повторите.", changed));
  std::string current;
  context.school.query().get(*context.database, context.asker(), registry, record, current);
  auto& extra = problem.problem.extra;
  if (version) extra += fmt::format("\"your_version\":{},", *version);
  if (!states.empty()) extra += fmt::format("\"your_rows\":{{{}}},", states);
  extra += "\"current\":" + current;
  return problem;
}

}  // namespace eschool::api
