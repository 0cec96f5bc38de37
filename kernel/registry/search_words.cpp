#include "kernel/registry/search_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "text/fold.hpp"
#include "text/words.hpp"

namespace eschool::registry {

using schema::Field;
using schema::Registry;
using storage::Session;
using storage::Value;

bool is_phone(const Field& field) { return field.check == "phone"; }

namespace {

constexpr std::string_view version = "1";  ///< of what words are: another one has all of them made anew

bool searched(const Field& field) { return field.search && field.has_key() && !is_phone(field); }

/// What the words of a registry were made of.
std::string made_of(const Registry& registry) {
  auto line = fmt::format("{} {}", version, registry.id);
  for (const auto& field : registry.fields)
    if (searched(field)) line += " " + field.id;
  return line;
}

/// Rows of a words table are added several by one statement: on a database server each statement is an answer.
class Adder {
 public:
  Adder(Session& session, const Registry& table) : session_(session), name_(words_table(table)) {}

  void add(const std::string& word, const std::string& field, std::int64_t record) {
    binds_.insert(binds_.end(), {Value(word), Value(field), Value(record)});
    if (binds_.size() == 3 * many) flush(many);
  }
  void finish() {
    while (!binds_.empty()) flush(1);
  }

 private:
  static constexpr std::size_t many = 8;

  /// The first `rows` of what waits.
  void flush(std::size_t rows) {
    auto& sql = rows == many ? many_sql_ : one_sql_;
    if (sql.empty()) {
      sql = fmt::format("INSERT INTO \"{}\" (word, field, record) VALUES ", name_);
      for (std::size_t i = 0; i < rows; ++i) sql += i ? ", (?, ?, ?)" : "(?, ?, ?)";
    }
    session_.execute(sql, std::span<const Value>(binds_).first(3 * rows));
    binds_.erase(binds_.begin(), binds_.begin() + static_cast<std::ptrdiff_t>(3 * rows));
  }

  Session& session_;
  std::string name_, many_sql_, one_sql_;
  std::vector<Value> binds_;
};

void make_anew(Session& session, const Registry& registry) {
  session.define(
      fmt::format("CREATE TABLE IF NOT EXISTS \"{}\" (word {{text}} NOT NULL, field {{text}} NOT NULL,"
                  " record {{integer}} NOT NULL, PRIMARY KEY (field, word, record)) {{strict}}",
                  words_table(registry)));
  session.define(fmt::format("CREATE INDEX IF NOT EXISTS \"{0}_record\" ON \"{0}\" (record)", words_table(registry)));
  session.execute(fmt::format("DELETE FROM \"{}\"", words_table(registry)));
  Adder adder(session, registry);
  for (const auto& field : registry.fields) {
    if (!searched(field)) continue;
    std::vector<std::pair<std::int64_t, std::string>> rows;
    {
      auto found = session.prepare(fmt::format("SELECT id, \"{0}_key\" FROM \"{1}\" WHERE \"{0}_key\" IS NOT NULL",
                                               field.name, registry.table()));
      while (found.step()) rows.emplace_back(found.integer(0), std::string(found.text(1)));
    }
    for (const auto& [id, key] : rows)
      for (const auto& word : text::inner_words(key)) adder.add(word, field.id, id);
  }
  adder.finish();
}

}  // namespace

bool has_words(const Registry& registry) {
  return std::any_of(registry.fields.begin(), registry.fields.end(), searched);
}

std::string words_table(const Registry& registry) { return "es_words_" + registry.table(); }

void refresh_words(Session& session, const schema::Catalogue& catalogue, const std::set<std::string>& waiting) {
  const auto stored = session.text("SELECT value FROM es_setting WHERE name = 'search_words'");
  std::set<std::string, std::less<>> known;
  for (std::string_view rest = stored; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    known.emplace(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::string now;
  for (const auto& registry : catalogue.registries()) {
    if (!has_words(*registry) || waiting.contains(registry->id)) continue;
    const auto line = made_of(*registry);
    if (!known.contains(line)) make_anew(session, *registry);
    now += line + "\n";
  }
  // Of a registry that is away nothing is remembered: when it comes back, its words are made anew.
  if (now == stored) return;
  session.execute(
      "INSERT INTO es_setting (name, value) VALUES ('search_words', ?) ON CONFLICT (name) DO UPDATE SET"
      " value = excluded.value",
      {now});
}

void write_words(Session& session, const Registry& table, std::int64_t id, const Values& values,
                 const std::vector<std::string>* changed) {
  if (!has_words(table)) return;
  Adder adder(session, table);
  for (const auto& field : table.fields) {
    if (!searched(field)) continue;
    if (changed) {
      if (std::find(changed->begin(), changed->end(), field.name) == changed->end()) continue;
      session.execute(fmt::format("DELETE FROM \"{}\" WHERE record = ? AND field = ?", words_table(table)),
                      {id, field.id});
    }
    const auto found = values.find(field.name);
    const auto* value = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
    if (!value) continue;
    for (const auto& word : text::inner_words(text::fold(*value))) adder.add(word, field.id, id);
  }
  adder.finish();
}

}  // namespace eschool::registry
