#include "kernel/registry/import/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>

#include "kernel/registry/import/file_form.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/import/sheet_plan.hpp"
#include "kernel/registry/problems.hpp"
#include "tabular/writer.hpp"

namespace eschool::importing {

using schema::Catalogue;
using schema::Field;
using schema::FieldType;
using schema::Registry;
using tabular::Cell;

namespace {

std::string_view as_text(const boost::json::value& value) {
  const auto* string = value.if_string();
  return string ? std::string_view(string->data(), string->size()) : std::string_view();
}

Cell cell_of(const Field& field, const boost::json::object& record) {
  const auto* value = record.if_contains(field.name);
  if (!value || value->is_null()) return {};
  switch (field.type) {
    case FieldType::boolean:
      return Cell::of_text(value->is_bool() && value->as_bool() ? "да" : "нет");
    case FieldType::integer:
    case FieldType::decimal:
    case FieldType::file:
      return Cell::of_number(value->to_number<double>());
    case FieldType::date:
      return Cell::of_date(std::string(as_text(*value)));
    case FieldType::reference: {
      const auto* object = value->if_object();
      const auto* display = object ? object->if_contains("display") : nullptr;
      return display ? Cell::of_text(std::string(as_text(*display))) : Cell{};
    }
    case FieldType::enumeration: {
      const auto id = as_text(*value);
      for (const auto& known : field.values)
        if (known.id == id) return Cell::of_text(known.label);
      return Cell::of_text(std::string(id));
    }
    case FieldType::json:
      return Cell::of_text(boost::json::serialize(*value));
    default:
      return Cell::of_text(std::string(as_text(*value)));
  }
}

Cell cell_of(const OutColumn& column, const boost::json::object& record) {
  if (column.fields.size() == 1) return cell_of(*column.fields.front(), record);
  std::string name;
  for (const auto* part : column.fields) {
    const auto* value = record.if_contains(part->name);
    const auto text = value ? as_text(*value) : std::string_view();
    if (!text.empty()) (name += name.empty() ? "" : " ") += text;
  }
  return name.empty() ? Cell{} : Cell::of_text(std::move(name));
}

class Exporter {
 public:
  Exporter(storage::Session& session, const registry::Asker& asker, const Catalogue& catalogue,
           const registry::RecordQuery& query, const Registry& registry)
      : session_(session), asker_(asker), catalogue_(catalogue), query_(query), registry_(registry) {}

  std::string run(registry::ListRequest request, tabular::Format format) {
    choose_columns(request.fields);
    request.fields = fields_of(0);
    related_.resize(plan_.nodes.size());
    for (std::size_t i = 1; i < plan_.nodes.size(); ++i) load_related(i);
    std::vector<std::vector<Cell>> rows;
    each(registry_, request, [&](const boost::json::object& record) {
      auto& row = rows.emplace_back();
      for (const auto& column : columns_) {
        const auto* from = at(column.node, record);
        row.push_back(from ? cell_of(column, *from) : Cell{});
      }
    });
    std::vector<tabular::Column> forms;
    for (const auto& column : columns_) forms.push_back(form_of(column));
    if (registry_.views.import.name_value) {
      std::vector<std::vector<Cell>> lines;
      for (std::size_t i = 0; i < columns_.size(); ++i)
        lines.push_back({Cell::of_text(columns_[i].header), rows.empty() ? Cell{} : rows.front()[i]});
      rows = std::move(lines);
      forms = name_value_columns();
    }
    if (format == tabular::Format::csv) return tabular::write_csv(forms, rows);
    return tabular::write_xlsx(sheet_name(registry_), forms, rows);
  }

 private:
  void choose_columns(const std::string& wanted) {
    const auto asked = [&](std::string_view name) {
      return wanted.empty() || fmt::format(",{},", wanted).find(fmt::format(",{},", name)) != std::string::npos;
    };
    if (&definition_of(catalogue_, registry_) == &registry_ || !registry_.views.import.columns.empty()) {
      plan_ = make_plan(catalogue_, registry_);
    } else {
      plan_.registry = &registry_;
      plan_.nodes.push_back({&registry_, nullptr, 0, Node::Mode::root, {}, {}});
    }
    std::vector<std::vector<const Field*>> readable;
    for (const auto& node : plan_.nodes) readable.push_back(query_.readable_fields(asker_.who, *node.registry));
    const auto reads = [&](std::size_t node, const Field* field) {
      return std::find(readable[node].begin(), readable[node].end(), field) != readable[node].end();
    };
    for (auto& column : import_columns(plan_)) {
      std::erase_if(column.fields, [&](const Field* field) { return !reads(column.node, field); });
      bool shown = !column.fields.empty();
      for (auto node = column.node; node != 0; node = plan_.nodes[node].parent)
        shown = shown && reads(plan_.nodes[node].parent, plan_.nodes[node].reference);
      if (column.node == 0)
        shown = shown && std::any_of(column.fields.begin(), column.fields.end(),
                                     [&](const Field* field) { return asked(field->name); });
      else
        shown =
            shown &&
            asked(std::string_view(plan_.nodes[column.node].path).substr(0, plan_.nodes[column.node].path.find('.')));
      if (shown) columns_.push_back(std::move(column));
    }
    for (const auto* field : readable.front()) {
      if (!asked(field->name) || field->name == registry_.facet_by) continue;
      const bool there = std::any_of(columns_.begin(), columns_.end(), [&](const OutColumn& column) {
        if (column.node == 0)
          return std::find(column.fields.begin(), column.fields.end(), field) != column.fields.end();
        return plan_.nodes[column.node].path == field->name;
      });
      if (!there) columns_.push_back({field->label, 0, {field}});
    }
  }

  /// What is asked of a node: the fields of its columns and the references to its children.
  std::string fields_of(std::size_t node) const {
    std::string names = "id";
    for (const auto& column : columns_)
      if (column.node == node)
        for (const auto* field : column.fields) names += "," + field->name;
    for (const auto child : plan_.nodes[node].children)
      if (needed(child)) names += "," + plan_.nodes[child].reference->name;
    return names;
  }

  bool needed(std::size_t node) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const OutColumn& column) {
      auto at = column.node;
      while (at != node && at != 0) at = plan_.nodes[at].parent;
      return at == node;
    });
  }

  void load_related(std::size_t node) {
    if (!needed(node)) return;
    registry::ListRequest all;
    all.fields = fields_of(node);
    all.sort = "id";
    each(*plan_.nodes[node].registry, all, [&](const boost::json::object& record) {
      related_[node].emplace(record.at("id").to_number<std::int64_t>(), record);
    });
  }

  const boost::json::object* at(std::size_t node, const boost::json::object& root) const {
    if (node == 0) return &root;
    const auto* parent = at(plan_.nodes[node].parent, root);
    const auto* reference = parent ? parent->if_contains(plan_.nodes[node].reference->name) : nullptr;
    const auto* object = reference ? reference->if_object() : nullptr;
    const auto* id = object ? object->if_contains("id") : nullptr;
    if (!id) return nullptr;
    const auto found = related_[node].find(id->to_number<std::int64_t>());
    return found == related_[node].end() ? nullptr : &found->second;
  }

  template <class Each>
  void each(const Registry& registry, registry::ListRequest request, Each&& take) {
    request.limit = 500;
    request.count = false;
    request.after.clear();
    for (;;) {
      std::string text;
      query_.list(session_, asker_, registry, request, text);
      const auto page = boost::json::parse(text);
      for (const auto& item : page.at("items").as_array()) take(item.as_object());
      const auto& next = page.at("next");
      if (next.is_null()) return;
      request.after = std::string(as_text(next));
    }
  }

  storage::Session& session_;
  const registry::Asker& asker_;
  const Catalogue& catalogue_;
  const registry::RecordQuery& query_;
  const Registry& registry_;
  SheetPlan plan_;
  std::vector<OutColumn> columns_;
  std::vector<std::unordered_map<std::int64_t, boost::json::object>> related_;  ///< by node
};

}  // namespace

std::string export_table(storage::Session& session, const registry::Asker& asker, const Catalogue& catalogue,
                         const registry::RecordQuery& query, const Registry& registry, registry::ListRequest request,
                         tabular::Format format) {
  const storage::ReadTransaction moment(session);
  return Exporter(session, asker, catalogue, query, registry).run(std::move(request), format);
}

}  // namespace eschool::importing
