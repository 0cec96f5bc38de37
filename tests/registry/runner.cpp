#include "runner.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "kernel/access/policy.hpp"
#include "kernel/audit/history.hpp"
#include "kernel/registry/field_value.hpp"
#include "kernel/registry/migration.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/registry/record_writer.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/storage/database.hpp"
#include "place.hpp"
#include "schema/loader.hpp"
#include "schema/names.hpp"
#include "text/checks.hpp"

namespace eschool::test {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

const fs::path root = ESCHOOL_SOURCE_DIR;
constexpr const char* today = "2026-09-15";

/// Words of a command line; the part from the first '{' on is one word.
struct Line {
  std::vector<std::string> words;
  std::string object;
  std::string saved_as;  ///< after "->"

  explicit Line(std::string text) {
    if (const auto arrow = text.rfind(" -> "); arrow != std::string::npos) {
      saved_as = text.substr(arrow + 4);
      text.erase(arrow);
    }
    if (const auto brace = text.find('{'); brace != std::string::npos) {
      object = text.substr(brace);
      text.erase(brace);
    }
    std::istringstream stream(text);
    for (std::string word; stream >> word;) words.push_back(word);
  }
};

schema::Catalogue load_catalogue() {
  std::vector<schema::LoadError> errors;
  schema::Loaded all;
  for (const auto& [folder, plugin] : {std::pair{root / "schemas/school", "school"},
                                       {root / "schemas/people", "people"},
                                       {root / "tests/fixtures/schemas/sample", "sample"}}) {
    auto loaded = schema::load_folder(folder, plugin, text::known_check, errors);
    std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(all.registries));
    std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(all.extensions));
    std::move(loaded.relations.begin(), loaded.relations.end(), std::back_inserter(all.relations));
  }
  auto catalogue =
      schema::Catalogue::build(std::move(all.registries), std::move(all.extensions), std::move(all.relations), errors);
  for (const auto& error : errors) MESSAGE(error.text());
  REQUIRE(errors.empty());
  return catalogue;
}

const schema::Catalogue& catalogue() {
  static const auto loaded = load_catalogue();
  return loaded;
}

access::Roles load_roles() {
  std::vector<schema::LoadError> errors;
  const auto shipped = access::Roles::load(root / "etc/roles.json", catalogue(), errors);
  const auto own = access::Roles::load(root / "tests/fixtures/roles.json", catalogue(), errors);
  for (const auto& error : errors) MESSAGE(error.text());
  REQUIRE(errors.empty());
  return access::Roles::combined({&shipped, &own});
}

const access::Roles& roles() {
  static const auto loaded = load_roles();
  return loaded;
}

class Runner {
 public:
  Runner()
      : policy_(catalogue(), roles()),
        query_(catalogue(), policy_),
        writer_(catalogue(), policy_, query_, history_, nullptr) {
    database_ = storage::Database::open(place_.database());
    database_->write([](storage::Session& session) {
      registry::create_tables(session);
      audit::create_tables(session);
      registry::migrate(session, catalogue(), false);
    });
    const auto location = place_.database();
    database_->write([&](storage::Session& session) {
      const auto state = registry::guard_rows(session, policy_, location);
      REQUIRE_MESSAGE(state.guard == (session.engine() == storage::Engine::sqlite ? storage::RowGuard::absent
                                                                                  : storage::RowGuard::strict),
                      state.reason);
    });
    database_->guard_readers(location.engine() == storage::Engine::postgresql);
    who_.system = true;
  }

  Stage stage() { return {*database_, policy_, query_, today, names_}; }

  /// The lines that the command answers.
  std::vector<std::string> run(std::string command) {
    for (const auto& [name, value] : names_) replace(command, "$" + name, value);
    const Line line(command);
    try {
      return dispatch(line, command);
    } catch (const http::ProblemError& error) {
      std::string text = fmt::format("{} {}", error.problem.status, error.problem.code);
      for (const auto& item : error.problem.errors) text += fmt::format(" {}:{}", item.field, item.code);
      return {text};
    }
  }

 private:
  static void replace(std::string& text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
      text.replace(at, what.size(), with);
  }

  registry::Asker asker() const { return asker(who_); }
  static registry::Asker asker(const access::Principal& who) { return {who, today, "2026-09-15T06:00:00Z"}; }

  const schema::Registry& registry_named(const std::string& id) const {
    const auto* registry = catalogue().find(id);
    REQUIRE_MESSAGE(registry, "no registry " << id);
    return *registry;
  }

  registry::Values values(const schema::Registry& registry, const std::string& object) const {
    registry::Values values;
    std::vector<http::FieldError> errors;
    const auto document = json::parse(object);
    for (const auto& [key, value] : document.as_object()) {
      const auto located = catalogue().locate(registry, std::string(key));
      if (!located) {
        errors.push_back({std::string(key), "unknown_field", ""});
        continue;
      }
      auto checked = registry::from_json(*located.field, value);
      if (checked.ok())
        values[std::string(key)] = std::move(checked.value);
      else
        errors.push_back({std::string(key), checked.code, checked.message});
    }
    if (!errors.empty()) throw registry::invalid(std::move(errors));
    return values;
  }

  std::vector<std::string> dispatch(const Line& line, const std::string& command) {
    const auto& verb = line.words.at(0);
    if (verb == "as") return become(line);
    if (verb == "create") return create(line);
    if (verb == "update" || verb == "archive") return change(line);
    if (verb == "get") return {get(line)};
    if (verb == "list") return list(command);
    if (verb == "plan") return plan(command);
    if (verb == "statements") return statements(command);
    if (verb == "history") return history(line);
    if (verb == "shown") return shown(line);
    FAIL("unknown command " << verb);
    return {};
  }

  std::vector<std::string> become(const Line& line) {
    who_ = {};
    who_.account = 1;
    if (line.words.at(1) == "system") {
      who_.system = true;
      return {};
    }
    for (std::size_t i = 1; i < line.words.size(); ++i) {
      const auto& word = line.words[i];
      if (word.starts_with("person="))
        who_.person = std::stoll(word.substr(7));
      else if (const auto hash = word.find('#'); hash != std::string::npos)
        who_.grants.push_back({word.substr(0, hash), std::stoll(word.substr(hash + 1))});
      else
        who_.grants.push_back({word, {}});
    }
    return {};
  }

  std::vector<std::string> create(const Line& line) {
    const auto& registry = registry_named(line.words.at(1));
    registry::Written written;
    database_->write([&](storage::Session& session) {
      written = writer_.create(session, asker(), registry, values(registry, line.object));
    });
    if (!line.saved_as.empty()) names_[line.saved_as] = std::to_string(written.id);
    return {"created"};
  }

  std::vector<std::string> change(const Line& line) {
    const auto& registry = registry_named(line.words.at(1));
    const auto id = std::stoll(line.words.at(2));
    std::optional<std::int64_t> version;
    if (line.words.size() > 3 && line.words[3].starts_with("version=")) version = std::stoll(line.words[3].substr(8));
    registry::Written written;
    database_->write([&](storage::Session& session) {
      written = line.words[0] == "archive"
                    ? writer_.archive(session, asker(), registry, id, version)
                    : writer_.update(session, asker(), registry, id, values(registry, line.object), version);
    });
    const auto* word = written.outcome == registry::Outcome::unchanged ? "unchanged"
                       : line.words[0] == "archive"                    ? "archived"
                                                                       : "updated";
    return {fmt::format("{} version {}", word, written.version)};
  }

  /// A record without what differs from run to run: its number, the state of its rows; references by what they show.
  static std::string plain(const json::object& record) {
    std::string text = "{";
    for (const auto& [key, value] : record) {
      if (key == "id" || key == "version" || key == "child_rows") continue;
      if (text.size() > 1) text += ",";
      text += fmt::format("\"{}\":", std::string_view(key));
      const auto* object = value.if_object();
      text += json::serialize(object && object->contains("display") ? object->at("display") : value);
    }
    return text + "}";
  }

  std::string get(const Line& line) {
    std::string out;
    auto who = who_;
    auto session = registry::read_as(*database_, who, today);
    query_.get(*session, asker(who), registry_named(line.words.at(1)), std::stoll(line.words.at(2)), out);
    return plain(json::parse(out).as_object());
  }

  /// list people.person | filter=... | sort=... ; "pages" walks through all pages of the limit.
  registry::ListRequest request(const std::string& command, std::string& id, bool& pages) const {
    registry::ListRequest request;
    std::vector<std::string> parts;
    std::istringstream stream(command);
    for (std::string part; std::getline(stream, part, '|');) {
      const auto begin = part.find_first_not_of(' ');
      const auto end = part.find_last_not_of(' ');
      parts.push_back(begin == std::string::npos ? "" : part.substr(begin, end - begin + 1));
    }
    id = Line(parts.at(0)).words.at(1);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto equals = parts[i].find('=');
      const auto name = parts[i].substr(0, equals),
                 value = equals == std::string::npos ? "" : parts[i].substr(equals + 1);
      if (name == "filter")
        request.filter = value;
      else if (name == "q")
        request.q = value;
      else if (name == "sort")
        request.sort = value;
      else if (name == "fields")
        request.fields = value;
      else if (name == "limit")
        request.limit = std::stoi(value);
      else if (name == "count")
        request.count = true;
      else if (name == "pages")
        pages = true;
      else
        FAIL("unknown list option " << name);
    }
    return request;
  }

  std::vector<std::string> list(const std::string& command) {
    std::string id;
    bool pages = false;
    auto wanted = request(command, id, pages);
    std::vector<std::string> lines;
    auto who = who_;
    auto session = registry::read_as(*database_, who, today);
    for (;;) {
      std::string out;
      query_.list(*session, asker(who), registry_named(id), wanted, out);
      const auto document = json::parse(out);
      const auto& page = document.as_object();
      for (const auto& item : page.at("items").as_array()) lines.push_back(plain(item.as_object()));
      if (wanted.count) lines.push_back(fmt::format("total {}", page.at("total").as_int64()));
      if (!pages || page.at("next").is_null()) return lines;
      wanted.after = std::string(page.at("next").as_string());
      lines.push_back("--");
    }
  }

  /// Each step of EXPLAIN QUERY PLAN that goes through a whole table: a scan, or everything that is not archived. "few
  /// rows" when there is none.
  std::vector<std::string> plan(const std::string& command) {
    std::string id;
    bool pages = false;
    const auto wanted = request(command, id, pages);
    auto session = database_->read();
    auto rows = session->prepare("EXPLAIN QUERY PLAN " + query_.list_sql(who_, registry_named(id), wanted));
    std::vector<std::string> walks;
    while (rows.step())
      if (const auto detail = rows.text(3); detail.starts_with("SCAN") || detail.ends_with("(archived=?)"))
        walks.emplace_back(detail);
    return walks.empty() ? std::vector<std::string>{"few rows"} : walks;
  }

  /// statements list ...|statements get ...: how many statements the database runs for it.
  std::vector<std::string> statements(const std::string& command) {
    const auto asked = command.substr(command.find(' ') + 1);
    std::string id, out;
    bool pages = false;
    auto who = who_;
    auto session = registry::read_as(*database_, who, today);
    const auto before = session->statements_run();
    if (const Line line(asked); line.words.at(0) == "get") {
      query_.get(*session, asker(who), registry_named(line.words.at(1)), std::stoll(line.words.at(2)), out);
    } else {
      const auto wanted = request(asked, id, pages);
      query_.list(*session, asker(who), registry_named(id), wanted, out);
    }
    return {std::to_string(session->statements_run() - before)};
  }

  std::vector<std::string> history(const Line& line) {
    std::vector<std::string> lines;
    auto session = database_->read();
    auto rows = session->prepare(
        "SELECT action, version, before, after FROM es_history WHERE registry = ? AND record = ? ORDER BY seq");
    rows.bind(1, std::string_view(line.words.at(1)));
    rows.bind(2, static_cast<std::int64_t>(std::stoll(line.words.at(2))));
    while (rows.step())
      lines.push_back(fmt::format("{} {} {} -> {}", rows.text(0), rows.integer(1), rows.text(2), rows.text(3)));
    return lines;
  }

  /// shown REGISTRY above=LEVEL, or * for all of them: asks for each field that is more private than the level, alone.
  std::vector<std::string> shown(const Line& line) {
    const auto level = schema::sensitivity_by_name(line.words.at(2).substr(std::string("above=").size()));
    REQUIRE(level);
    std::vector<std::string> lines;
    auto session = database_->read();
    for (const auto& registry : catalogue().registries()) {
      if (line.words.at(1) != "*" && line.words.at(1) != registry->id) continue;
      std::map<std::string, std::vector<std::string>> fields;  // by "1 of 3"
      for (const auto* field : query_.columns_of(*registry)) {
        if (field->sensitivity <= *level) continue;
        registry::ListRequest request;
        request.fields = field->name;
        request.limit = 500;
        std::string out;
        try {
          query_.list(*session, asker(), *registry, request, out);
        } catch (const http::ProblemError& error) {
          REQUIRE((error.problem.status == 400 || error.problem.status == 403));
          continue;
        }
        const auto document = json::parse(out);
        const auto& rows = document.at("items").as_array();
        std::size_t seen = 0;
        for (const auto& row : rows) seen += row.as_object().contains(field->name) ? 1 : 0;
        if (seen) fields[fmt::format("{} of {}", seen, rows.size())].push_back(field->name);
      }
      for (const auto& [count, names] : fields) {
        // One line a registry, but for fields that show in other rows than the rest.
        std::string text = registry->id + " " + count;
        if (fields.size() > 1)
          for (const auto& name : names) text += " " + name;
        lines.push_back(std::move(text));
      }
    }
    if (lines.empty()) lines.emplace_back("none");
    return lines;
  }

  Place place_;
  std::unique_ptr<storage::Database> database_;
  access::Policy policy_;
  registry::RecordQuery query_;
  audit::History history_;
  registry::RecordWriter writer_;
  access::Principal who_;
  std::map<std::string, std::string> names_;
};

}  // namespace

std::vector<Block> read_blocks(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE_MESSAGE(stream.good(), file.string());
  std::vector<Block> blocks;
  int number = 0;
  bool expecting = false, open = false;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty()) {
      open = expecting = false;
    } else if (line[0] == '#') {
      continue;
    } else if (line == "----") {
      expecting = true;
    } else if (expecting) {
      blocks.back().expected.push_back(line);
    } else if (open) {
      blocks.back().command += line;  // a long command goes on
    } else {
      blocks.push_back({number, line, {}});
      open = true;
    }
  }
  return blocks;
}

namespace {

void run_blocks(Runner& runner, const fs::path& file) {
  for (const auto& block : read_blocks(file)) {
    if (block.command.starts_with("with ")) {  // another file's blocks come first
      run_blocks(runner, file.parent_path() / block.command.substr(5));
      continue;
    }
    // A plan is the planner's own word; the tests know SQLite's.
    if (block.command.starts_with("plan ") && engine_under_test() != storage::Engine::sqlite) continue;
    const auto answered = runner.run(block.command);
    std::string got, wanted;
    for (const auto& line : answered) got += line + "\n";
    for (const auto& line : block.expected) wanted += line + "\n";
    // A command without expectation prepares: it must succeed.
    if (block.expected.empty() && !answered.empty() && answered[0] == "created") continue;
    CHECK_MESSAGE(got == wanted, file.filename().string() << ":" << block.line << ": " << block.command << "\ngot:\n"
                                                          << got << "wanted:\n"
                                                          << wanted);
  }
}

}  // namespace

void run_test_file(const fs::path& file) {
  Runner runner;
  run_blocks(runner, file);
}

void on_stage(const fs::path& file, const std::function<void(const Stage&)>& act) {
  Runner runner;
  run_blocks(runner, file);
  act(runner.stage());
}

std::vector<fs::path> test_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace eschool::test
