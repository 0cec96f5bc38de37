#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "kernel/access/policy.hpp"
#include "kernel/audit/history.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/registry/record_writer.hpp"
#include "kernel/storage/database.hpp"
#include "schema/catalogue.hpp"

namespace eschool::importing::test {

/// The schemas of the product itself.
const schema::Catalogue& school_catalogue();
/// A small set of its own: crates on shelves, each with a keeper who is a facet of a person.
const schema::Catalogue& small_catalogue();

/// A database of its own, in a folder that is removed, and someone with every right who imports into it.
class Desk {
 public:
  explicit Desk(const schema::Catalogue&, registry::Hooks* = nullptr);
  Desk(const Desk&) = delete;

  ImportResult import(const std::string& registry, const tabular::Workbook&, const ImportOptions& = {});
  /// The problem's code when the file as a whole is refused; "" otherwise.
  std::string refusal(const std::string& registry, const tabular::Workbook&);
  std::int64_t count(const std::string& table);
  /// First column of the first row as text; "" when there is none.
  std::string text(const std::string& sql);
  registry::Written create(const std::string& registry, registry::Values);
  void write(const std::function<void(storage::Session&)>&);

  const schema::Catalogue& catalogue;
  access::Roles roles;
  access::Policy policy;
  registry::RecordQuery query;
  audit::History history;
  registry::RecordWriter writer;
  access::Principal who;
  registry::Asker asker{who, "2026-09-15", "2026-09-15T06:00:00Z"};
  std::shared_ptr<const void> place;  ///< the folder and the engine: goes after the database
  std::unique_ptr<storage::Database> database;
};

/// A sheet from rows of texts; "" is an empty cell, rows are numbered from 1.
tabular::Sheet sheet(std::string name, std::initializer_list<std::initializer_list<const char*>> rows);
tabular::Workbook book(std::initializer_list<tabular::Sheet>);
tabular::Workbook sample(const std::string& file);
tabular::Workbook parsed(const std::string& bytes);

/// "row column code" of each remark.
std::vector<std::string> marks(const Capped<Remark>&);

}  // namespace eschool::importing::test
