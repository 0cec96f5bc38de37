/// All registries and relations of the loaded plugins, resolved against one another. Immutable once built.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "schema/model.hpp"
#include "schema/values.hpp"

namespace eschool::schema {

/// Something wrong in a schema or relations file. The text is for the administrator and names file, line and key.
struct LoadError {
  std::string file;
  int line = 0;              ///< from 1; 0: the file as a whole
  std::string key;           ///< JSON path, e.g. "fields[3].type"
  std::string message;       ///< Russian
  std::string text() const;  ///< "schemas/people/student.json:14: fields[3].type: ..."
};

class Catalogue {
 public:
  const Registry* find(std::string_view id) const;
  const Registry& at(std::string_view id) const;  ///< throws std::out_of_range
  const std::vector<std::unique_ptr<Registry>>& registries() const { return registries_; }

  /// The rule of a relation on a registry, or nullptr.
  const Relation* relation(std::string_view name, std::string_view registry) const;
  const std::vector<Relation>& relations() const { return relations_; }

  /// Registries whose child rows are the records of `id`: (parent, its field of type children).
  std::vector<std::pair<const Registry*, const Field*>> parents(std::string_view id) const;
  /// Whether a relation means something on a registry: by a rule of its own or, on child rows, by that of a record that
  /// they live with.
  bool relates(std::string_view relation, std::string_view registry) const;

  /// The base registry of a facet, or nullptr.
  const Registry* base(const Registry&) const;
  /// A field by name in the registry or, for a facet, in its base. `owner` tells which of the two.
  struct Located {
    const Registry* owner = nullptr;
    const Field* field = nullptr;
    explicit operator bool() const { return field != nullptr; }
  };
  Located locate(const Registry&, std::string_view name) const;
  /// Reference fields that point at the registry: (registry, field).
  std::vector<std::pair<const Registry*, const Field*>> referrers(std::string_view id) const;

  /// Builds from what the loader read, in its order. Checks what needs more than one file: targets, facets, `via`,
  /// relations' registries, names used by views and templates, paths of rules.
  ///
  /// Every error found is appended, and what it concerns is left out: a registry, or only the extension, or only the
  /// relation on that registry. A registry that refers to one left out goes too, its error naming the cause. Of
  /// duplicate ids or tables the first stays.
  ///
  /// Fills in: the fields and views of extensions; {facet_by} as a unique group; a facet's display from its base and
  /// label_one from label where empty; readonly of fields with `derive`.
  static Catalogue build(std::vector<Registry>, std::vector<Extension>, std::vector<Relation>,
                         std::vector<LoadError>& errors);

  /// Checks the values that plugins ship for these registries and keeps those without an error, in an order in which
  /// each comes after what it refers to; of a value given twice the first stays. Once, after build().
  void take_values(std::vector<ShippedValues>, std::vector<LoadError>& errors);
  const std::vector<ShippedValues>& values() const { return values_; }

 private:
  friend class CatalogueBuilder;
  std::vector<std::unique_ptr<Registry>> registries_;
  std::map<std::string, const Registry*, std::less<>> by_id_;
  std::vector<Relation> relations_;
  std::vector<ShippedValues> values_;
  /// By registry and name, of a catalogue that is complete: what a write asks for each of its values.
  std::unordered_map<const Registry*, std::unordered_map<std::string_view, Located>> located_;
};

}  // namespace eschool::schema
