/// Keys of `views` in a schema file.
#include "schema/names.hpp"
#include "schema/reader.hpp"

namespace eschool::schema {
namespace {

constexpr Key<ImportColumn> column_keys[] = {{"header", &member<&ImportColumn::header, ImportColumn>},
                                             {"aliases", &member<&ImportColumn::aliases, ImportColumn>},
                                             {"to", &member<&ImportColumn::to, ImportColumn>},
                                             {"parse", &member<&ImportColumn::parse, ImportColumn>},
                                             {"carried", &member<&ImportColumn::carried, ImportColumn>}};

bool ends_in_full_name(std::string_view path) { return path == "full_name" || path.ends_with(".full_name"); }

void read_columns(Reader& reader, const Json& json, ImportView& view) {
  reader.items(json, [&](const Json& item) {
    ImportColumn column;
    if (!read_object<ImportColumn>(reader, item, column_keys, column)) return;
    for (const char* key : {"header", "to"})
      if (!item.has(key)) reader.error(item.key, "колонке нужен ключ " + std::string(key));
    if (!column.parse.empty() && column.parse != "full_name" && column.parse != "quantity")
      reader.error(key_in(item.key, "parse"), "неизвестный разбор «" + column.parse + "»; бывают full_name и quantity");
    if (column.parse == "full_name" && !column.to.empty() && !ends_in_full_name(column.to))
      reader.error(key_in(item.key, "to"), "для разбора full_name путь кончается на full_name");
    for (const auto& other : view.columns)
      if (other.header == column.header && !column.header.empty())
        reader.error(key_in(item.key, "header"), "колонка «" + column.header + "» уже есть");
    view.columns.push_back(std::move(column));
  });
}

template <auto Member>
void read_registry_ids(Reader& reader, const Json& json, ImportView& view) {
  if (!reader.read(json, view.*Member)) return;
  for (std::size_t i = 0; i < (view.*Member).size(); ++i)
    if (!is_registry_id((view.*Member)[i])) reader.error(item_in(json.key, i), "ожидался реестр вида people.student");
}

void read_through(Reader& reader, const Json& json, ImportView& view) {
  if (reader.read(json, view.through) && !is_registry_id(view.through))
    reader.error(json.key, "ожидался реестр вида people.student");
}

constexpr Key<ImportView> import_keys[] = {{"sheets", &member<&ImportView::sheets, ImportView>},
                                           {"name_value", &member<&ImportView::name_value, ImportView>},
                                           {"columns", &read_columns},
                                           {"upsert", &member<&ImportView::upsert, ImportView>},
                                           {"deferred", &member<&ImportView::deferred, ImportView>},
                                           {"companions", &read_registry_ids<&ImportView::companions>},
                                           {"through", &read_through}};

constexpr Key<FormSection> section_keys[] = {{"label", &member<&FormSection::label, FormSection>},
                                             {"fields", &member<&FormSection::fields, FormSection>}};

void read_form(Reader& reader, const Json& json, Views& views) {
  reader.items(json, [&](const Json& item) {
    FormSection section;
    if (!read_object<FormSection>(reader, item, section_keys, section)) return;
    if (section.label.empty()) reader.error(item.key, "разделу формы нужен label");
    views.form.push_back(std::move(section));
  });
}

constexpr Key<NamedList> list_keys[] = {{"id", &member<&NamedList::id, NamedList>},
                                        {"label", &member<&NamedList::label, NamedList>},
                                        {"filter", &member<&NamedList::filter, NamedList>},
                                        {"list", &member<&NamedList::list, NamedList>}};

void read_lists(Reader& reader, const Json& json, Views& views) {
  reader.items(json, [&](const Json& item) {
    NamedList list;
    if (!read_object<NamedList>(reader, item, list_keys, list)) return;
    for (const char* key : {"id", "label", "filter"})
      if (!item.has(key)) reader.error(item.key, "списку нужен ключ " + std::string(key));
    if (!list.id.empty() && !is_name(list.id))
      reader.error(key_in(item.key, "id"), "ожидалось имя из латинских букв: dismissed");
    for (const auto& other : views.lists)
      if (other.id == list.id) reader.error(key_in(item.key, "id"), "список «" + list.id + "» уже есть");
    views.lists.push_back(std::move(list));
  });
}

constexpr Key<RelatedList> related_keys[] = {{"registry", &member<&RelatedList::registry, RelatedList>},
                                             {"by", &member<&RelatedList::by, RelatedList>},
                                             {"label", &member<&RelatedList::label, RelatedList>},
                                             {"list", &member<&RelatedList::list, RelatedList>},
                                             {"add", &member<&RelatedList::add, RelatedList>}};

void read_related(Reader& reader, const Json& json, Views& views) {
  reader.items(json, [&](const Json& item) {
    RelatedList related;
    if (!read_object<RelatedList>(reader, item, related_keys, related)) return;
    for (const char* key : {"registry", "by", "label"})
      if (!item.has(key)) reader.error(item.key, "связанному списку нужен ключ " + std::string(key));
    views.related.push_back(std::move(related));
  });
}

void read_import(Reader& reader, const Json& json, Views& views) {
  read_object<ImportView>(reader, json, import_keys, views.import);
}

constexpr Key<Views> view_keys[] = {{"list", &member<&Views::list, Views>},
                                    {"lists", &read_lists},
                                    {"sort", &member<&Views::sort, Views>},
                                    {"filters", &member<&Views::filters, Views>},
                                    {"form", &read_form},
                                    {"related", &read_related},
                                    {"import", &read_import}};

}  // namespace

void read_views(Reader& reader, const Json& object, Views& into) {
  read_object<Views>(reader, object, view_keys, into);
}

void read_extension_views(Reader& reader, const Json& object, Views& into) {
  read_views(reader, object, into);
  const auto own = [&](bool given, std::string_view key) {
    if (given) reader.error(key_in(object.key, key), "этот ключ задаёт только сам реестр");
  };
  own(!into.sort.empty(), "sort");
  own(!into.lists.empty(), "lists");
  own(!into.import.through.empty(), "import.through");
  own(into.import.name_value, "import.name_value");
}

void append_view_keys(std::vector<KnownKeys>& all) {
  all.push_back(names_of<Views>("views", view_keys));
  all.push_back(names_of<FormSection>("section", section_keys));
  all.push_back(names_of<NamedList>("named_list", list_keys));
  all.push_back(names_of<RelatedList>("related_list", related_keys));
  all.push_back(names_of<ImportView>("import", import_keys));
  all.push_back(names_of<ImportColumn>("column", column_keys));
}

}  // namespace eschool::schema
