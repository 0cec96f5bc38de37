#include "schema/catalogue.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "schema/cross_check.hpp"
#include "schema/json_scan.hpp"
#include "schema/resolve.hpp"

namespace eschool::schema {
namespace {

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  for (const auto& text : more)
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
}

void add_extension(Registry& registry, const Extension& extension) {
  registry.fields.insert(registry.fields.end(), extension.fields.begin(), extension.fields.end());
  for (const auto& check : extension.checks)
    registry.checks.push_back(check), registry.checks.back().id = extension.plugin + "_" + check.id;
  Views& views = registry.views;
  const Views& more = extension.views;
  append(views.list, more.list);
  append(views.filters, more.filters);
  for (const auto& section : more.form) {
    const auto same = std::find_if(views.form.begin(), views.form.end(),
                                   [&](const FormSection& known) { return known.label == section.label; });
    if (same == views.form.end())
      views.form.push_back(section);
    else
      append(same->fields, section.fields);
  }
  views.related.insert(views.related.end(), more.related.begin(), more.related.end());
  append(views.import.sheets, more.import.sheets);
  append(views.import.upsert, more.import.upsert);
  append(views.import.deferred, more.import.deferred);
  append(views.import.companions, more.import.companions);
  views.import.columns.insert(views.import.columns.end(), more.import.columns.begin(), more.import.columns.end());
}

/// What the declarations leave unsaid.
void complete(Registry& registry) {
  if (registry.label_one.empty()) registry.label_one = registry.label;
  for (auto& field : registry.fields)
    if (!field.derive.empty()) field.readonly = true;
  if (registry.facet_by.empty()) return;
  const std::vector<std::string> group{registry.facet_by};
  const Field* by = registry.find(registry.facet_by);
  const bool unique = by && by->unique;
  if (!unique && std::find(registry.unique.begin(), registry.unique.end(), group) == registry.unique.end())
    registry.unique.push_back(group);
}

}  // namespace

/// Leaves out what is wrong until nothing more is: each round checks a catalogue of what is left.
class CatalogueBuilder {
 public:
  CatalogueBuilder(std::vector<Registry> registries, std::vector<Extension> extensions, std::vector<LoadError>& errors)
      : registries_(std::move(registries)), extensions_(std::move(extensions)), errors_(errors) {
    for (const auto& error : errors_) note_cause_of_file(error);
    for (auto& registry : registries_) lines_.push_back(std::exchange(registry.lines, {}));
    registry_out_.resize(registries_.size());
    extension_out_.resize(extensions_.size());
  }

  Catalogue run(std::vector<Relation> relations) {
    drop_duplicates();
    Catalogue catalogue = merge();
    while (check(catalogue)) catalogue = merge();
    for (auto& relation : relations) add(catalogue, std::move(relation));
    for (const auto& registry : catalogue.registries_) {
      auto& names = catalogue.located_[registry.get()];
      for (const auto& field : registry->fields) names.emplace(field.name, Catalogue::Located{registry.get(), &field});
      if (const Registry* base = catalogue.base(*registry))
        for (const auto& field : base->fields) names.emplace(field.name, Catalogue::Located{base, &field});
    }
    return catalogue;
  }

 private:
  /// A file that the loader refused has no registry here; by convention its name tells which one it was.
  void note_cause_of_file(const LoadError& error) {
    constexpr std::string_view folder = "schemas/", extension = ".json";
    if (!error.file.starts_with(folder) || !error.file.ends_with(extension)) return;
    std::string id = error.file.substr(folder.size(), error.file.size() - folder.size() - extension.size());
    std::replace(id.begin(), id.end(), '/', '.');
    causes_.emplace(id, where(error));
  }

  static std::string where(const LoadError& error) { return error.file + ":" + std::to_string(error.line); }

  void drop_duplicates() {
    std::map<std::string, std::size_t> tables;
    for (std::size_t i = 0; i < registries_.size(); ++i) {
      const auto [first, fresh] = tables.emplace(registries_[i].table(), i);
      if (fresh) continue;
      const Registry& taken = registries_[first->second];
      const std::string what = taken.id == registries_[i].id
                                   ? "реестр " + taken.id + " уже описан"
                                   : "таблица " + taken.table() + " уже занята реестром " + taken.id;
      registry_out_[i] = true;
      errors_.push_back({registries_[i].file, line_of(lines_[i], "id"), "id", what + " в " + taken.file});
    }
  }

  Catalogue merge() const {
    Catalogue catalogue;
    for (std::size_t i = 0; i < registries_.size(); ++i) {
      if (registry_out_[i]) continue;
      auto registry = std::make_unique<Registry>(registries_[i]);
      for (std::size_t k = 0; k < extensions_.size(); ++k)
        if (!extension_out_[k] && extensions_[k].adds_to == registry->id) add_extension(*registry, extensions_[k]);
      complete(*registry);
      catalogue.by_id_.emplace(registry->id, registry.get());
      catalogue.registries_.push_back(std::move(registry));
    }
    for (auto& registry : catalogue.registries_)
      if (registry->display.empty())
        if (const Registry* base = catalogue.base(*registry)) registry->display = base->display;
    return catalogue;
  }

  /// Whether something was left out.
  bool check(const Catalogue& catalogue) {
    bool found = false;
    Causes more;
    for (std::size_t i = 0; i < registries_.size(); ++i) {
      if (registry_out_[i]) continue;
      const Registry& declared = registries_[i];
      CrossCheck checking(catalogue, causes_, catalogue.at(declared.id), declared.file, lines_[i]);
      checking.registry(declared);
      const auto problems = checking.take();
      if (problems.empty()) continue;
      more.emplace(declared.id, where(problems.front()));
      registry_out_[i] = found = true;
      note(problems);
    }
    for (std::size_t k = 0; k < extensions_.size(); ++k) {
      if (extension_out_[k]) continue;
      const auto problems = check(catalogue, extensions_[k]);
      if (problems.empty()) continue;
      extension_out_[k] = found = true;
      note(problems);
    }
    causes_.merge(more);
    return found;
  }

  std::vector<LoadError> check(const Catalogue& catalogue, const Extension& extension) const {
    const Registry* whole = catalogue.find(extension.adds_to);
    if (!whole)
      return {{extension.file, line_of(extension.lines, "adds_to"), "adds_to",
               with_cause("нет реестра " + extension.adds_to, causes_)}};
    CrossCheck checking(catalogue, causes_, *whole, extension.file, extension.lines);
    checking.extension(extension);
    return checking.take();
  }

  void note(const std::vector<LoadError>& problems) { errors_.insert(errors_.end(), problems.begin(), problems.end()); }

  void add(Catalogue& catalogue, Relation relation) {
    const auto refuse = [&](std::string message) {
      const std::string key = relation.name + ".on." + relation.registry;
      errors_.push_back({relation.file, relation.line, key, with_cause(std::move(message), causes_)});
    };
    const Registry* registry = catalogue.find(relation.registry);
    if (!registry) return refuse("нет реестра " + relation.registry);
    if (const Relation* other = catalogue.relation(relation.name, relation.registry))
      return refuse("связь " + relation.name + " на " + relation.registry + " уже описана в " + other->file);
    if (const auto problem = check_rule(catalogue, *registry, relation.rule)) return refuse(*problem);
    catalogue.relations_.push_back(std::move(relation));
  }

  std::vector<Registry> registries_;
  std::vector<Lines> lines_;  ///< of each registry's file
  std::vector<Extension> extensions_;
  std::vector<LoadError>& errors_;
  std::vector<bool> registry_out_, extension_out_;
  Causes causes_;
};

std::string LoadError::text() const {
  std::string result = file;
  if (line > 0) result += ":" + std::to_string(line);
  if (!key.empty()) result += ": " + key;
  return result + ": " + message;
}

const Registry* Catalogue::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const Registry& Catalogue::at(std::string_view id) const {
  if (const Registry* registry = find(id)) return *registry;
  throw std::out_of_range("schema::Catalogue: no registry " + std::string(id));
}

const Relation* Catalogue::relation(std::string_view name, std::string_view registry) const {
  for (const auto& relation : relations_)
    if (relation.name == name && relation.registry == registry) return &relation;
  return nullptr;
}

std::vector<std::pair<const Registry*, const Field*>> Catalogue::parents(std::string_view id) const {
  std::vector<std::pair<const Registry*, const Field*>> found;
  for (const auto& registry : registries_)
    for (const auto& field : registry->fields)
      if (field.type == FieldType::children && field.target == id) found.emplace_back(registry.get(), &field);
  return found;
}

bool Catalogue::relates(std::string_view relation_name, std::string_view registry) const {
  if (relation(relation_name, registry)) return true;
  for (const auto& [parent, field] : parents(registry))
    if (relation(relation_name, parent->id)) return true;
  return false;
}

const Registry* Catalogue::base(const Registry& registry) const {
  return registry.facet_of.empty() ? nullptr : find(registry.facet_of);
}

Catalogue::Located Catalogue::locate(const Registry& registry, std::string_view name) const {
  if (const auto names = located_.find(&registry); names != located_.end()) {
    const auto found = names->second.find(name);
    return found == names->second.end() ? Located{} : found->second;
  }
  if (const Field* own = registry.find(name)) return {&registry, own};
  if (const Registry* owner = base(registry))
    if (const Field* field = owner->find(name)) return {owner, field};
  return {};
}

std::vector<std::pair<const Registry*, const Field*>> Catalogue::referrers(std::string_view id) const {
  std::vector<std::pair<const Registry*, const Field*>> found;
  for (const auto& registry : registries_)
    for (const auto& field : registry->fields)
      if (field.type == FieldType::reference && field.target == id) found.emplace_back(registry.get(), &field);
  return found;
}

Catalogue Catalogue::build(std::vector<Registry> registries, std::vector<Extension> extensions,
                           std::vector<Relation> relations, std::vector<LoadError>& errors) {
  return CatalogueBuilder(std::move(registries), std::move(extensions), errors).run(std::move(relations));
}

}  // namespace eschool::schema
