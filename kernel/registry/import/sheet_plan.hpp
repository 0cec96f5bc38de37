/// A registry's import view taken apart: which columns describe which record of a row, and how those records hang
/// together. A row of «Родители» describes a bond (the root), a pupil that must exist and a parent that may be made.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalogue.hpp"

namespace eschool::importing {

/// The three fields that a full name in one cell fills; the schema format knows them by these names.
inline constexpr std::string_view surname = "surname", given_name = "given_name", patronymic = "patronymic";

/// A record that a row describes.
struct Node {
  enum class Mode {
    root,      ///< what the row is about: found or made
    lookup,    ///< must be there
    upsert,    ///< found or made along the way
    deferred,  ///< may come with a later file
  };
  const schema::Registry* registry = nullptr;
  const schema::Field* reference = nullptr;  ///< field of the parent that leads here; null for the root
  std::size_t parent = 0;
  Mode mode = Mode::root;
  std::vector<std::size_t> children;
  std::string path;  ///< "student.class"; empty for the root

  bool may_create() const { return mode == Mode::root || mode == Mode::upsert; }
};

struct PlanColumn {
  const schema::ImportColumn* column = nullptr;
  std::size_t node = 0;
  const schema::Field* field = nullptr;              ///< null: a full name
  std::array<const schema::Field*, 3> name_parts{};  ///< of a full name; the patronymic may be missing
  bool feeds(std::string_view name) const;           ///< whether the column gives the field of its node
};

struct SheetPlan {
  const schema::Registry* registry = nullptr;
  std::vector<Node> nodes;  ///< a parent stands before its children
  std::vector<PlanColumn> columns;
};

/// The registry whose definition a file of `registry` follows: itself, or what `through` names.
const schema::Registry& definition_of(const schema::Catalogue&, const schema::Registry&);

/// The plan of a definition. A column that leads to a reference itself («Класс» to `class`) is read as the one field by
/// which the target is identified. Columns whose path leads nowhere are left out: the catalogue has reported them.
SheetPlan make_plan(const schema::Catalogue&, const schema::Registry& definition);

/// The groups of fields that identify a record of the registry, strongest first: its own, else its base's, else what is
/// unique. Empty when nothing identifies it.
std::vector<std::vector<std::string>> identity_groups(const schema::Catalogue&, const schema::Registry&);

}  // namespace eschool::importing
