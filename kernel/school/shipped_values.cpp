#include "kernel/school/shipped_values.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <map>
#include <optional>
#include <set>

#include "kernel/http/problem.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/import/identity.hpp"

namespace eschool::school {

using importing::Identity;
using importing::Match;
using registry::Values;
using schema::Field;
using schema::FieldType;
using schema::Registry;
using schema::ShippedValue;
using storage::Session;

namespace {

std::set<std::string> given_ids(Session& session, const std::string& registry) {
  std::set<std::string> ids;
  auto row = session.prepare("SELECT value FROM es_shipped_value WHERE registry = ?");
  row.bind(1, registry);
  while (row.step()) ids.emplace(row.text(0));
  return ids;
}

void note(Session& session, const Registry& registry, const std::string& id, std::optional<std::int64_t> record,
          const std::string& now) {
  session.execute("INSERT INTO es_shipped_value (registry, value, record, given_at) VALUES (?, ?, ?, ?)",
                  {registry.id, id, record ? storage::Value(*record) : storage::Value(), now});
}

/// The record that a shipped value of the target became, while it is not archived.
std::optional<std::int64_t> record_of(Session& session, const Registry& target, const std::string& id) {
  auto row = session.prepare(fmt::format(
      "SELECT t.id FROM es_shipped_value s JOIN \"{}\" t ON t.id = s.record WHERE s.registry = ? AND s.value = ?"
      " AND t.archived = 0",
      target.table()));
  row.bind(1, target.id);
  row.bind(2, id);
  if (!row.step()) return {};
  return row.integer(0);
}

std::string text_of(const http::Problem& problem) {
  std::string text = problem.title;
  for (const auto& error : problem.errors) text += fmt::format("; {}: {}", error.field, error.message);
  return text;
}

/// Gives the values of one file.
class Giver {
 public:
  Giver(Session& session, const registry::Asker& asker, const schema::Catalogue& catalogue,
        registry::RecordWriter& writer, const schema::ShippedValues& file, Given& given)
      : session_(session),
        asker_(asker),
        catalogue_(catalogue),
        writer_(writer),
        file_(file),
        registry_(catalogue.at(file.registry)),
        identity_(catalogue, registry_),
        given_(given) {}

  void run() {
    const auto known = given_ids(session_, registry_.id);
    for (const auto& value : file_.values)
      if (!known.contains(value.id)) give(value);
  }

 private:
  void give(const ShippedValue& value) {
    bool refused = false, needless = false;
    Values values;
    for (const auto& [name, text] : value.fields) {
      const Field& field = *registry_.find(name);
      const auto json = boost::json::parse(text);
      if (field.type == FieldType::reference) {
        if (const auto record = record_of(session_, catalogue_.at(field.target), std::string(json.as_string())))
          values[name] = *record;
        else
          needless = needless || field.required;
        continue;
      }
      auto checked = registry::from_json(field, json);
      if (!checked.ok()) {
        complain(value, fmt::format("{}: {}", name, checked.message));
        refused = true;
      }
      values[name] = std::move(checked.value);
    }
    if (refused) return;
    if (needless) return note(session_, registry_, value.id, {}, asker_.now);
    if (!identity_.empty()) {
      const auto match = identity_.identify(session_, values);
      if (match.kind != Match::Kind::none && match.kind != Match::Kind::missing) {
        ++given_.found;
        const bool one = match.kind == Match::Kind::found;
        return note(session_, registry_, value.id, one ? std::optional(match.record.id) : std::nullopt, asker_.now);
      }
    }
    storage::Savepoint savepoint(session_);
    try {
      const auto written = writer_.create(session_, asker_, registry_, std::move(values));
      note(session_, registry_, value.id, written.id, asker_.now);
    } catch (const http::ProblemError& refusal) {
      return complain(value, text_of(refusal.problem));
    }
    savepoint.release();
    ++given_.created;
  }

  void complain(const ShippedValue& value, const std::string& text) {
    given_.problems.push_back(schema::LoadError{file_.file, value.line, value.key, text}.text());
  }

  Session& session_;
  const registry::Asker& asker_;
  const schema::Catalogue& catalogue_;
  registry::RecordWriter& writer_;
  const schema::ShippedValues& file_;
  const Registry& registry_;
  Identity identity_;
  Given& given_;
};

}  // namespace

void create_shipped_table(Session& session) {
  session.define(
      "CREATE TABLE IF NOT EXISTS es_shipped_value (registry {text} NOT NULL, value {text} NOT NULL, record {integer},"
      " given_at {text} NOT NULL, PRIMARY KEY (registry, value))");
}

bool lacks_values(Session& session, const schema::Catalogue& catalogue, const Wanted& wanted) {
  std::map<std::string, std::set<std::string>> given;
  auto row = session.prepare("SELECT registry, value FROM es_shipped_value");
  while (row.step()) given[std::string(row.text(0))].emplace(row.text(1));
  for (const auto& file : catalogue.values())
    if (wanted(catalogue.at(file.registry)))
      for (const auto& value : file.values)
        if (!given[file.registry].contains(value.id)) return true;
  return false;
}

Given give_values(Session& session, const registry::Asker& asker, const schema::Catalogue& catalogue,
                  registry::RecordWriter& writer, const Wanted& wanted) {
  Given given;
  for (const auto& file : catalogue.values())
    if (wanted(catalogue.at(file.registry))) Giver(session, asker, catalogue, writer, file, given).run();
  return given;
}

}  // namespace eschool::school
