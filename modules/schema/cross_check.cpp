#include "schema/cross_check.hpp"

#include <algorithm>

#include "schema/json_scan.hpp"
#include "schema/names.hpp"
#include "schema/resolve.hpp"

namespace eschool::schema {

std::string with_cause(std::string message, const Causes& causes) {
  for (const auto& [id, where] : causes) {
    const std::string missing = "нет реестра " + id;
    if (message == missing || message.starts_with(missing + " "))
      return message + ": он не загружен из-за ошибки в " + where;
  }
  return message;
}

void CrossCheck::error(std::string_view key, std::string message) {
  errors_.push_back({file_, line_of(lines_, key), std::string(key), with_cause(std::move(message), causes_)});
}

const Registry* CrossCheck::need(std::string_view id, std::string_view key) {
  const Registry* found = catalogue_.find(id);
  if (!found) error(key, "нет реестра " + std::string(id));
  return found;
}

void CrossCheck::registry(const Registry& declared) {
  facet();
  fields(declared.fields);
  reserved_by_text(declared.fields);
  display(declared.display, "display");
  groups(declared);
  checks(declared.checks);
  views(declared.views);
}

void CrossCheck::extension(const Extension& declared) {
  for (std::size_t i = 0; i < declared.fields.size(); ++i) {
    const Field& field = declared.fields[i];
    const auto taken = [&](const Registry& by) {
      // The first stays, so it is another's when the first of that name is not this one.
      const Field* first = by.find(field.name);
      if (first && first->id != field.id)
        error(key_in(item_in("fields", i), "name"), "поле «" + field.name + "» уже есть в реестре " + by.id);
    };
    taken(whole_);
    for (const auto& other : catalogue_.registries())
      if (other.get() == catalogue_.base(whole_) || catalogue_.base(*other) == &whole_) taken(*other);
    const auto same_id = std::count_if(whole_.fields.begin(), whole_.fields.end(),
                                       [&](const Field& other) { return other.id == field.id; });
    if (same_id > 1) error(key_in(item_in("fields", i), "id"), "id «" + field.id + "» уже есть в реестре " + whole_.id);
  }
  fields(declared.fields);
  reserved_by_text(declared.fields);
  checks(declared.checks);
  views(declared.views);
}

void CrossCheck::facet() {
  if (!whole_.active_until.empty()) {
    const Field* last = whole_.find(whole_.active_until);
    if (whole_.facet_of.empty() || !last || last->type != FieldType::date || !last->added_by.empty())
      error("active_until", "нужно собственное поле-дата реестра, который дополняет записи другого (facet_of)");
  }
  if (!whole_.kept_while.empty()) {
    if (whole_.facet_of.empty())
      error("kept_while", "срок хранения есть у реестра, который дополняет записи другого (facet_of)");
    else if (const auto problem = check_rule(catalogue_, whole_, whole_.kept_while))
      error("kept_while", *problem);
  }
  if (whole_.facet_of.empty()) return;
  const Registry* base = need(whole_.facet_of, "facet_of");
  if (!base) return;
  if (!base->facet_of.empty()) return error("facet_of", "реестр " + base->id + " сам дополняет другой: facet_of");
  const Field* by = whole_.find(whole_.facet_by);
  if (!by || by->type != FieldType::reference || by->target != whole_.facet_of || !by->required || !by->once)
    error("facet_by", "нужно поле-ссылка на " + whole_.facet_of + " с required и once");
  for (std::size_t i = 0; i < whole_.fields.size(); ++i) {
    // A field that an extension adds is the extension's fault, here or in the base.
    const Field* same = base->find(whole_.fields[i].name);
    if (same && same->added_by.empty() && whole_.fields[i].added_by.empty())
      error(key_in(item_in("fields", i), "name"), "поле «" + same->name + "» уже есть в реестре " + base->id);
  }
}

void CrossCheck::fields(const std::vector<Field>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Field& field = list[i];
    const std::string key = item_in("fields", i);
    const Registry* target = field.type == FieldType::reference ? need(field.target, key_in(key, "target")) : nullptr;
    if (target && !field.preset.empty())
      if (const auto problem = check_rule(catalogue_, *target, field.preset)) error(key_in(key, "preset"), *problem);
    if (field.type == FieldType::children) back_reference(field, key);
    if (!field.when.empty())
      if (const auto problem = check_rule(catalogue_, whole_, field.when)) error(key_in(key, "when"), *problem);
    display(field.derive, key_in(key, "derive"));
  }
}

void CrossCheck::back_reference(const Field& field, const std::string& key) {
  const Registry* child = need(field.target, key_in(key, "target"));
  if (!child) return;
  const Field* via = child->find(field.via);
  const bool points_here = via && via->type == FieldType::reference &&
                           (via->target == whole_.id || (!whole_.facet_of.empty() && via->target == whole_.facet_of));
  if (!points_here)
    error(key_in(key, "via"), "в реестре " + child->id + " нет поля-ссылки «" + field.via + "» на " + whole_.id);
}

/// A text field `x` brings the columns `x_key` and `x_sort`.
void CrossCheck::reserved_by_text(const std::vector<Field>& list) {
  for (std::size_t i = 0; i < list.size(); ++i)
    for (const Field& other : whole_.fields) {
      // Between a registry and an extension the extension is at fault.
      if (list[i].added_by.empty() && !other.added_by.empty()) continue;
      const bool foreign = list[i].added_by != other.added_by;
      for (const char* suffix : {"_key", "_sort"})
        if ((other.has_key() && list[i].name == other.name + suffix) ||
            (foreign && list[i].has_key() && other.name == list[i].name + suffix))
          error(key_in(item_in("fields", i), "name"),
                "имена «" + list[i].name + "» и «" + other.name +
                    "» вместе нельзя: у текстового поля есть колонки _key и _sort");
    }
}

void CrossCheck::groups(const Registry& declared) {
  for (std::size_t i = 0; i < declared.unique.size(); ++i)
    for (std::size_t j = 0; j < declared.unique[i].size(); ++j) {
      const Field* field = whole_.find(declared.unique[i][j]);
      const std::string key = item_in(item_in("unique", i), j);
      if (!field)
        error(key, "нет поля «" + declared.unique[i][j] + "» в реестре " + whole_.id);
      else if (!field->has_column() || field->type == FieldType::longtext || field->type == FieldType::json)
        error(key, "поле «" + field->name + "» этого типа не может быть частью уникального набора");
    }
  for (std::size_t i = 0; i < declared.identity.size(); ++i) {
    names(declared.identity[i], item_in("identity", i), false);
    for (std::size_t j = 0; j < declared.identity[i].size(); ++j)
      if (const auto located = catalogue_.locate(whole_, declared.identity[i][j]);
          located && !located.field->has_column())
        error(item_in(item_in("identity", i), j), "по дочерним записям запись не узнать");
  }
  if (declared.identity_among.empty()) return;
  if (!whole_.facet_of.empty())
    error("identity_among", "реестр дополняет записи другого: условие указывается там");
  else if (declared.identity_among.find('@') != std::string::npos)
    error("identity_among", "запись узнают одинаково для всех и в любой день: @me, @today и @scope здесь нельзя");
  else if (const auto problem = check_rule(catalogue_, whole_, declared.identity_among))
    error("identity_among", *problem);
}

void CrossCheck::checks(const std::vector<DataCheck>& declared) {
  for (std::size_t i = 0; i < declared.size(); ++i)
    if (const auto problem = check_rule(catalogue_, whole_, declared[i].broken))
      error(key_in(item_in("checks", i), "broken"), *problem);
}

void CrossCheck::views(const Views& declared) {
  names(declared.list, "views.list", true);
  names(declared.filters, "views.filters", true);
  for (std::size_t i = 0; i < declared.form.size(); ++i)
    names(declared.form[i].fields, key_in(item_in("views.form", i), "fields"), false);
  for (std::size_t i = 0; i < declared.lists.size(); ++i) {
    const std::string key = item_in("views.lists", i);
    names(declared.lists[i].list, key_in(key, "list"), true);
    if (const auto problem = check_rule(catalogue_, whole_, declared.lists[i].filter))
      error(key_in(key, "filter"), *problem);
  }
  for (std::size_t i = 0; i < declared.related.size(); ++i) related(declared.related[i], item_in("views.related", i));
  sort(declared.sort);
  import(declared.import);
}

void CrossCheck::related(const RelatedList& declared, const std::string& key) {
  const Registry* from = need(declared.registry, key_in(key, "registry"));
  if (!from) return;
  const Field* by = from->find(declared.by);
  if (!by || by->type != FieldType::reference || by->target != whole_.id)
    error(key_in(key, "by"), "нужно поле реестра " + from->id + ", которое ссылается на " + whole_.id);
  for (std::size_t i = 0; i < declared.list.size(); ++i) {
    const auto& name = declared.list[i];
    const std::string column = item_in(key_in(key, "list"), i);
    const auto dot = name.find('.');
    const auto first = catalogue_.locate(*from, name.substr(0, dot));
    const Registry* owner = from;
    if (dot != std::string::npos) {
      owner = first && first.field->type == FieldType::reference ? catalogue_.find(first.field->target) : nullptr;
      if (!owner) {
        error(column, "«" + name.substr(0, dot) + "» не ссылка реестра " + from->id);
        continue;
      }
    }
    const std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
    if (!catalogue_.locate(*owner, last)) error(column, "нет поля «" + last + "» в реестре " + owner->id);
  }
}

void CrossCheck::sort(const std::string& order) {
  for (std::size_t begin = 0; begin < order.size();) {
    const std::size_t end = std::min(order.find(',', begin), order.size());
    std::string_view name = std::string_view(order).substr(begin, end - begin);
    if (name.starts_with('-')) name.remove_prefix(1);
    path(name, "views.sort");
    begin = end + 1;
  }
}

void CrossCheck::import(const ImportView& declared) {
  if (!declared.through.empty()) need(declared.through, "views.import.through");
  for (std::size_t i = 0; i < declared.companions.size(); ++i)
    need(declared.companions[i], item_in("views.import.companions", i));
  for (std::size_t i = 0; i < declared.columns.size(); ++i)
    import_column(declared.columns[i], item_in("views.import.columns", i));
  reference_paths(declared.upsert, "views.import.upsert");
  reference_paths(declared.deferred, "views.import.deferred");
}

void CrossCheck::import_column(const ImportColumn& column, const std::string& key) {
  if (column.parse != "full_name") return path(column.to, key_in(key, "to"));
  const std::string owner = column.to.substr(0, column.to.size() - std::string_view("full_name").size());
  for (const char* name : {"surname", "given_name", "patronymic"}) path(owner + name, key_in(key, "to"));
}

void CrossCheck::reference_paths(const std::vector<std::string>& list, std::string_view key) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto resolved = resolve_dotted(catalogue_, whole_, list[i]);
    if (const auto* problem = std::get_if<std::string>(&resolved)) {
      error(item_in(key, i), *problem);
      continue;
    }
    const Step& last = std::get<std::vector<Step>>(resolved).back();
    if (!last.field || last.field->type != FieldType::reference)
      error(item_in(key, i), "поле «" + list[i] + "» не ссылка");
  }
}

void CrossCheck::names(const std::vector<std::string>& list, std::string_view key, bool kernel_columns_too) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!catalogue_.locate(whole_, list[i]) && !(kernel_columns_too && is_kernel_column(list[i])))
      error(item_in(key, i), "нет поля «" + list[i] + "» в реестре " + whole_.id);
}

void CrossCheck::path(std::string_view dotted, std::string_view key) {
  const auto resolved = resolve_dotted(catalogue_, whole_, dotted);
  if (const auto* problem = std::get_if<std::string>(&resolved)) error(key, *problem);
}

void CrossCheck::display(std::string_view text, std::string_view key) {
  for (const auto& name : template_fields(text).value_or(std::vector<std::string>{})) {
    const auto located = catalogue_.locate(whole_, name);
    if (!located || !located.field->has_column())
      error(key, "шаблон называет поле «" + name + "», которого нет в реестре " + whole_.id);
  }
}

}  // namespace eschool::schema
