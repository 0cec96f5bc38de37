// record_upgrade VERSION FOLDER: makes a small school with this build and writes it down as VERSION.sql, with what a
// later version must find in it as VERSION.json. Run once at a release; see tests/fixtures/upgrades/README.md.
#include <fmt/format.h>
#include <sqlite3.h>

#include <fstream>
#include <functional>
#include <stdexcept>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

using Row = std::vector<std::string>;

class Source {
 public:
  explicit Source(const fs::path& file) {
    if (sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
      throw std::runtime_error("cannot open " + file.string());
  }
  ~Source() { sqlite3_close(database_); }
  Source(const Source&) = delete;

  void each(const std::string& sql, const std::function<void(const Row&)>& use) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(database_));
    while (sqlite3_step(statement) == SQLITE_ROW) {
      Row row;
      for (int i = 0; i < sqlite3_column_count(statement); ++i)
        row.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
      use(row);
    }
    if (sqlite3_finalize(statement) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
  }

 private:
  sqlite3* database_ = nullptr;
};

void dump(const fs::path& database, const fs::path& to) {
  const Source source(database);
  std::ofstream out(to);
  out << "PRAGMA foreign_keys=OFF;\nBEGIN;\n";
  std::vector<Row> tables;
  source.each("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
              [&](const Row& row) { tables.push_back(row); });
  for (const auto& table : tables) {
    out << table[1] << ";\n";
    // Who was logged in then is nobody's business.
    if (table[0] == "es_session" || table[0] == "es_given_reply") continue;
    std::string values;
    source.each("SELECT name FROM pragma_table_info('" + table[0] + "')", [&](const Row& column) {
      values += fmt::format("{}quote(\"{}\")", values.empty() ? "" : " || ',' || ", column[0]);
    });
    source.each(fmt::format("SELECT {} FROM \"{}\"", values, table[0]),
                [&](const Row& row) { out << "INSERT INTO \"" << table[0] << "\" VALUES(" << row[0] << ");\n"; });
  }
  source.each("SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY name",
              [&](const Row& row) { out << row[0] << ";\n"; });
  out << "COMMIT;\n";
  if (!out.flush()) throw std::runtime_error("cannot write " + to.string());
}

void must(const CommandOutput& output) {
  if (output.code != 0) throw std::runtime_error(output.out + output.error);
}

/// Five pupils of two classes, two teachers, a parent: enough for every relation of the roles.
void make_school(Installation& installation) {
  installation.create_school();
  must(installation.run({"import", "school.institution", sample("Учреждение.xlsx")}));  // it has the classes
  const auto import_table = [&](const char* registry, const char* text) {
    const auto table = installation.data() / "table.csv";
    std::ofstream(table) << text;
    must(installation.run({"import", registry, table.string()}));
  };
  import_table(
      "people.employee",
      "Фамилия;Имя;Отчество;ДР\nМаслова;Вера;Геннадьевна;01.02.1980\nБарсукова;Елена;Вячеславовна;03.04.1985\n");
  import_table("people.student",
               "Класс;Фамилия;Имя;Отчество;Дата рождения;№ личного дела\n5А;Глушко;Роман;Артёмович;05.06.2015;Г-1\n"
               "5А;Ёлкина;Дарья;Павловна;06.07.2015;Е-1\n5А;Жуков;Иван;Сергеевич;07.08.2015;Ж-1\n"
               "5Б;Зайцев;Пётр;Ильич;08.09.2014;З-1\n5Б;Иванова;Анна;Олеговна;09.10.2014;И-1\n");
  for (const auto& [role, person] :
       {std::pair{"teacher", "Барсукова Елена Вячеславовна"}, {"student", "Глушко Роман Артёмович"}})
    must(installation.run(
        {"user", "create", "--login", login_of(role), "--role", role, "--person", person, "--password-stdin"},
        std::string(Installation::password) + "\n"));
  must(installation.run({"user", "create", "--login", login_of("sysadmin"), "--role", "sysadmin", "--password-stdin"},
                        std::string(Installation::password) + "\n"));
}

json::object expectations(Installation& installation) {
  installation.start();
  const auto administrator = installation.as("administrator");
  const auto id = administrator.first("people.student", "surname = 'Глушко'");
  const auto changed =
      administrator.patch(records("people.student", id), R"({"file_no":"Г-17","phone":"+79001234567"})");
  if (changed.status != 200) throw std::runtime_error(changed.body);
  const auto archived =
      administrator.remove(records("people.student", administrator.first("people.student", "surname = 'Жуков'")));
  if (archived.status != 200) throw std::runtime_error(archived.body);

  json::object expected{{"password", Installation::password}};
  json::array accounts;
  for (const auto* role : {"administrator", "sysadmin", "teacher", "student"}) {
    const auto client = installation.as(role);
    json::object sees;
    for (const auto* registry : {"people.person", "people.student", "people.employee", "school.class"}) {
      const auto reply = client.get(records(registry) + "?limit=1");
      if (reply.status == 200)
        sees[registry] = static_cast<std::int64_t>(client.ids(registry).size());
      else
        sees[registry] = nullptr;
    }
    accounts.push_back(json::object{{"login", login_of(role)}, {"sees", std::move(sees)}});
  }
  expected["accounts"] = std::move(accounts);
  json::object values;
  const auto record = administrator.get(records("people.student", id)).json();
  for (const auto* name : {"surname", "given_name", "patronymic", "birth_date", "file_no", "phone", "version"})
    values[name] = record.at(name);
  expected["records"] =
      json::array{json::object{{"registry", "people.student"}, {"id", id}, {"values", std::move(values)}}};
  const auto verified = json::parse(installation.run({"audit", "verify", "--json"}).out);
  expected["history"] = json::object{{"entries", verified.at("entries")}, {"head", verified.at("head")}};
  return expected;
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 3) throw std::runtime_error("record_upgrade VERSION FOLDER");
  const auto base = fs::path(arguments[2]) / arguments[1];
  if (fs::exists(base.string() + ".sql")) throw std::runtime_error(base.string() + ".sql is there already");
  Installation installation;
  make_school(installation);
  std::ofstream(base.string() + ".json") << json::serialize(expectations(installation)) << "\n";
  installation.stop();
  dump(installation.data() / "schools/test/school.db", base.string() + ".sql");
  return 0;
} catch (const std::exception& failure) {
  fmt::print(stderr, "{}\n", failure.what());
  return 1;
}
