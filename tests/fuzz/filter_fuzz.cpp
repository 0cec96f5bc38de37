// Filter expressions: parsed, written back, and compiled to SQL that a database with the product's tables must take.
#include <sqlite3.h>

#include <cstdlib>
#include <memory>

#include "kernel/access/predicate.hpp"
#include "oracle.hpp"
#include "rules/expression.hpp"
#include "schema/loader.hpp"
#include "schema/tables.hpp"

using namespace eschool;
using eschool::fuzz::expect;

namespace {

bool same(const rules::Operand& a, const rules::Operand& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& left) {
        using Value = std::decay_t<decltype(left)>;
        const auto& right = std::get<Value>(b);
        if constexpr (std::is_same_v<Value, rules::Null>)
          return true;
        else if constexpr (std::is_same_v<Value, rules::Variable>)
          return left.name == right.name;
        else
          return left == right;
      },
      a);
}

bool same(const rules::Expression& a, const rules::Expression& b) {
  if (a.kind != b.kind || a.compare != b.compare || a.path != b.path || a.registry != b.registry ||
      a.field != b.field || a.operands.size() != b.operands.size() || a.children.size() != b.children.size())
    return false;
  if (a.kind == rules::Expression::Kind::constant && a.value != b.value) return false;
  for (std::size_t i = 0; i < a.operands.size(); ++i)
    if (!same(a.operands[i], b.operands[i])) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i)
    if (!same(a.children[i], b.children[i])) return false;
  return true;
}

/// The product's own registries, and an empty database with their tables.
struct House {
  House() {
    std::vector<schema::LoadError> errors;
    schema::Loaded all;
    for (const char* plugin : {"school", "people"}) {
      auto loaded = schema::load_folder(ESCHOOL_SOURCE_DIR "/schemas/" + std::string(plugin), plugin, {}, errors);
      std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(all.registries));
      std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(all.extensions));
      std::move(loaded.relations.begin(), loaded.relations.end(), std::back_inserter(all.relations));
    }
    catalogue = schema::Catalogue::build(std::move(all.registries), std::move(all.extensions), std::move(all.relations),
                                         errors);
    expect(errors.empty() && catalogue.find("people.student"), "the product's schemas load");
    expect(sqlite3_open(":memory:", &database) == SQLITE_OK, "a database opens");
    for (const auto& registry : catalogue.registries())
      expect(sqlite3_exec(database, schema::create_table(*registry, catalogue, {}).c_str(), nullptr, nullptr,
                          nullptr) == SQLITE_OK,
             "the tables are made", sqlite3_errmsg(database));
  }
  ~House() { sqlite3_close(database); }
  House(const House&) = delete;

  schema::Catalogue catalogue;
  sqlite3* database = nullptr;
};

void check_compiled(const House& house, const rules::Expression& expression, const std::string& registry) {
  const auto source = access::source(house.catalogue, house.catalogue.at(registry), "t");
  access::Sql condition;
  try {
    condition = access::PredicateCompiler(house.catalogue, nullptr, 1).compile(expression, source);
  } catch (const access::FilterError& error) {
    expect(error.what()[0] != '\0', "a refusal says why");
    return;
  }
  const auto sql = "SELECT t.id FROM " + source.from(house.catalogue) + " WHERE " + condition.text;
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int result = sqlite3_prepare_v2(house.database, sql.c_str(), -1, &statement, &rest);
  expect(result == SQLITE_OK, sqlite3_errmsg(house.database), sql);
  expect(*rest == '\0', "a filter is one statement", sql);
  // Nothing of the filter's text but names stands in the statement: the values are all bound.
  expect(sqlite3_bind_parameter_count(statement) == static_cast<int>(condition.binds.size()), "every ? is bound", sql);
  sqlite3_finalize(statement);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const House house;
  const auto text = fuzz::text_of(data, size);
  const auto parsed = rules::parse(text);
  if (const auto* error = std::get_if<rules::SyntaxError>(&parsed)) {
    expect(error->offset <= size && !error->message.empty(), "an error has a place in the text", text);
    return 0;
  }
  const auto& expression = std::get<rules::Expression>(parsed);
  const auto written = rules::print(expression);
  if (written.size() <= 4096) {  // the spaces of the normal form may take a text beyond what parse() reads
    const auto again = rules::parse(written);
    expect(std::holds_alternative<rules::Expression>(again), "what is written is read", written);
    expect(same(expression, std::get<rules::Expression>(again)), "what is written reads the same", written);
    expect(rules::print(std::get<rules::Expression>(again)) == written, "the normal form is one", written);
  }
  for (const auto* registry : {"people.student", "people.person", "school.class"})
    check_compiled(house, expression, registry);
  return 0;
}
