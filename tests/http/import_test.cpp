// Files of a school, over HTTP and from the command line: what comes of the public sample, and what of bad files.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "imports.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

const json::value& expected() {
  static const auto document = json::parse(bytes_of(sample("expected.json")));
  return document;
}

struct File {
  std::string name, registry;
};
const std::vector<File> files{{"Учреждение.xlsx", "school.institution"},
                              {"Сотрудники.xlsx", "people.employee"},
                              {"Ученики.xlsx", "people.student"},
                              {"Родители.xlsx", "people.guardian"}};

/// A school without data and with an administrator.
void make_school(const Installation& installation) {
  const auto made = installation.run({"school", "create", "--id", "test", "--name", "Школа"});
  REQUIRE_MESSAGE(made.code == 0, made.error);
  const auto user = installation.run(
      {"user", "create", "--login", login_of("administrator"), "--role", "administrator", "--password-stdin"},
      std::string(Installation::password) + "\n");
  REQUIRE_MESSAGE(user.code == 0, user.error);
}

json::value import_by_command(const Installation& installation, const std::string& registry, const std::string& path,
                              std::vector<std::string> options = {}) {
  std::vector<std::string> arguments{"import", registry, path, "--json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const auto output = installation.run(arguments);
  REQUIRE_MESSAGE(output.code == 0, output.out << output.error);
  return json::parse(output.out);
}

std::int64_t created(const json::value& result, const char* registry) {
  const auto* counts = result.at("records").as_object().if_contains(registry);
  return counts ? counts->at("created").as_int64() : 0;
}

void check_first_import(const File& file, const json::value& result) {
  CAPTURE(file.name);
  const auto& wanted = expected().at("files").at(file.name);
  CHECK(result.at("sheet").as_string() == wanted.at("sheet").as_string());
  CHECK(result.at("rows").as_int64() == wanted.at("rows_read").as_int64());
  CHECK(result.at("rejected").as_int64() == wanted.at("rows_rejected").as_int64());
  CHECK(result.at("errors").as_array().empty());
  CHECK(result.at("unchanged").as_int64() == 0);
  CHECK(result.at("updated").as_int64() == 0);
  std::set<std::string> unknown;
  if (wanted.as_object().contains("unknown_columns"))
    for (const auto& column : wanted.at("unknown_columns").as_array())
      unknown.insert(std::string(column.at("header").as_string()));
  std::set<std::string> told;
  for (const auto& column : result.at("unknown_columns").as_array()) told.insert(std::string(column.as_string()));
  CHECK(std::includes(unknown.begin(), unknown.end(), told.begin(), told.end()));  // a bare row number needs no remark

  if (file.registry == "school.institution") {
    CHECK(created(result, "school.institution") == 1);
    const auto& classes = result.at("sheets").at(0);
    CHECK(classes.at("sheet").as_string() == wanted.at("classes_sheet").at("sheet").as_string());
    CHECK(classes.at("rows").as_int64() == wanted.at("classes_sheet").at("rows_read").as_int64());
    CHECK(classes.at("created").as_int64() == wanted.at("classes_sheet").at("rows_valid").as_int64());
  } else if (file.registry == "people.guardian") {
    CHECK(result.at("warnings").as_array().empty());
    CHECK(created(result, "people.guardianship") == wanted.at("parents_linked").as_int64());
    CHECK(created(result, "people.guardian") == wanted.at("persons").as_int64());
    CHECK(created(result, "people.person") == wanted.at("new_persons").as_int64());
  } else {
    CHECK(result.at("warnings").as_array().empty());
    CHECK(result.at("created").as_int64() == wanted.at("rows_valid").as_int64());
    if (file.registry.starts_with("people."))
      CHECK(created(result, "people.person") == wanted.at("persons").as_int64());
  }
}

void check_repeated_import(const File& file, const json::value& result) {
  CAPTURE(file.name);
  INFO(json::serialize(result.at("changes")));
  const auto& wanted = expected().at("files").at(file.name);
  CHECK(result.at("created").as_int64() == 0);
  CHECK(result.at("updated").as_int64() == 0);
  CHECK(result.at("rejected").as_int64() == 0);
  CHECK(result.at("unchanged").as_int64() ==
        (file.registry == "school.institution" ? 1 : wanted.at("rows_valid").as_int64()));
  CHECK(result.at("records").as_object().empty());
  for (const auto& sheet : result.at("sheets").as_array()) {
    CHECK(sheet.at("created").as_int64() == 0);
    CHECK(sheet.at("updated").as_int64() == 0);
    CHECK(sheet.at("unchanged").as_int64() == sheet.at("rows").as_int64());
  }
}

void check_whole_school(const Client& client) {
  const auto& all = expected().at("after_all");
  const auto count = [&](const char* registry) { return static_cast<std::int64_t>(client.ids(registry).size()); };
  CHECK(count("people.employee") == all.at("staff").as_int64());
  CHECK(count("people.student") == all.at("pupils").as_int64());
  CHECK(count("people.guardian") == all.at("parents").as_int64());
  CHECK(count("people.person") == all.at("persons_total").as_int64());
  CHECK(count("people.guardianship") == all.at("links").as_int64());
  CHECK(count("school.class") == all.at("classes").as_int64());
  const auto persons_of = [&](const std::string& registry) {
    std::set<std::int64_t> persons;
    const auto page = client.get(records(registry) + "?limit=500&fields=person").json();
    for (const auto& item : page.at("items").as_array()) persons.insert(item.at("person").at("id").as_int64());
    return persons;
  };
  const auto staff = persons_of("people.employee");
  std::int64_t both = 0;
  for (const auto person : persons_of("people.guardian")) both += staff.contains(person);
  CHECK(both == all.at("parents_also_staff").as_int64());
  // The classes were read before their teachers: the bond was made when these came.
  CHECK(client.ids("school.class", "homeroom_teacher = null").empty());
  CHECK(client.ids("people.student", "class = null").empty());
}

}  // namespace

TEST_CASE("the sample over HTTP: tried, imported, imported again") {
  Installation installation;
  make_school(installation);
  installation.start();
  const auto client = installation.as("administrator");
  for (const auto& file : files) {
    const auto bytes = bytes_of(sample(file.name));
    const auto before = history_entries(installation);
    const auto tried = import_by_http(client, file.registry, bytes, "?dry_run=1");
    CHECK(tried.at("dry_run").as_bool());
    CHECK_FALSE(tried.at("applied").as_bool());
    check_first_import(file, tried);
    CHECK(history_entries(installation) == before);
    CHECK(client.ids(file.registry).empty());

    const auto done = import_by_http(client, file.registry, bytes);
    CHECK(done.at("applied").as_bool());
    check_first_import(file, done);
    CHECK(done.at("created") == tried.at("created"));
    CHECK(history_entries(installation) > before);
  }
  check_whole_school(client);

  const auto before = history_entries(installation);
  for (const auto& file : files)
    check_repeated_import(file, import_by_http(client, file.registry, bytes_of(sample(file.name))));
  check_whole_school(client);
  CHECK(history_entries(installation) == before);

  // The values of the institution, cell by cell.
  static const std::vector<std::pair<std::string, std::string>> renamed{{"deputy_uvr", "deputy_academic"},
                                                                        {"deputy_vr", "deputy_pastoral"},
                                                                        {"deputy_ahr", "deputy_facilities"},
                                                                        {"buildings", "building_count"}};
  const auto institution = client.get(records("school.institution", client.first("school.institution"))).json();
  for (const auto& [key, cell] : expected().at("files").at("Учреждение.xlsx").at("values").as_object()) {
    std::string name(key);
    for (const auto& [from, to] : renamed)
      if (name == from) name = to;
    const auto& value = institution.at(name);
    CHECK_MESSAGE((value.is_string() ? std::string(value.as_string()) : json::serialize(value)) ==
                      std::string(cell.at("value").as_string()),
                  name);
  }
  CHECK(installation.stop() == 0);
}

TEST_CASE("the sample from the command line, without a server and beside one") {
  Installation installation;
  make_school(installation);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i == 2) installation.start();  // the other half goes through the running server
    const auto path = sample(files[i].name);
    const auto before = history_entries(installation);
    const auto tried = import_by_command(installation, files[i].registry, path, {"--dry-run"});
    check_first_import(files[i], tried);
    CHECK(history_entries(installation) == before);
    check_first_import(files[i], import_by_command(installation, files[i].registry, path));
  }
  check_whole_school(installation.as("administrator"));
  const auto before = history_entries(installation);
  for (const auto& file : files)
    check_repeated_import(file, import_by_command(installation, file.registry, sample(file.name)));
  CHECK(history_entries(installation) == before);
}

TEST_CASE("rows that are wrong are named, and nothing is half-written") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const auto before = history_entries(school);
  // Row 1 is the header: the rows are counted as the spreadsheet shows them.
  const std::string head = "Класс;Фамилия;Имя;Дата рождения;СНИЛС;№ личного дела\n";
  const std::string table = head +
                            "5А;Верный;Пётр;01.02.2015;;Я-901\n"
                            "12Щ;Классов;Иван;01.02.2015;;\n"
                            "5А;Датов;Иван;31.02.2015;;\n"
                            "5А;Снилсов;Иван;01.02.2015;112-233-445 96;\n"
                            "5А;;Иван;01.02.2015;;\n"
                            "5А;Верный;Пётр;01.02.2015;;Я-901\n"
                            "5А;Номеров;Олег;03.02.2015;;Я-901\n";
  const auto result = import_by_http(client, "people.student", table);
  INFO(json::serialize(result));
  CHECK_FALSE(result.at("applied").as_bool());
  CHECK(result.at("rows").as_int64() == 7);
  CHECK(result.at("rejected").as_int64() >= 5);
  std::set<std::pair<std::int64_t, std::string>> places;
  for (const auto& error : result.at("errors").as_array()) {
    places.insert({error.at("row").as_int64(), std::string(error.at("column").as_string())});
    CHECK_FALSE(error.at("code").as_string().empty());
    const std::string message(error.at("message").as_string());
    CHECK(std::any_of(message.begin(), message.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xD0; }));
    CHECK(error.as_object().contains("sheet"));
  }
  CHECK(places.contains({3, "Класс"}));
  CHECK(places.contains({4, "Дата рождения"}));
  CHECK(places.contains({5, "СНИЛС"}));
  CHECK(std::any_of(places.begin(), places.end(), [](const auto& place) { return place.first == 6; }));
  CHECK(std::any_of(places.begin(), places.end(), [](const auto& place) { return place.first == 8; }));
  CHECK(std::none_of(places.begin(), places.end(), [](const auto& place) { return place.first == 2; }));
  CHECK(client.ids("people.student", "surname = 'Верный'").empty());
  CHECK(history_entries(school) == before);

  // Asked to, it writes the valid rows and no other.
  const auto accepted = import_by_http(client, "people.student", table, "?accept=valid");
  CHECK(accepted.at("applied").as_bool());
  CHECK(client.ids("people.student", "surname = 'Верный'").size() == 1);
  for (const auto* surname : {"Классов", "Датов", "Снилсов", "Номеров"})
    CHECK(client.ids("people.person", "surname = '" + std::string(surname) + "'").empty());
}

TEST_CASE("CSV comes in every dress that Russian programs give it") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const std::string table = "Фамилия;Имя;ДР\nДрессов;Пётр;01.02.2015\n";
  auto commas = table;
  std::replace(commas.begin(), commas.end(), ';', ',');
  auto tabs = table;
  std::replace(tabs.begin(), tabs.end(), ';', '\t');
  const std::string cp1251 =
      "\xD4\xE0\xEC\xE8\xEB\xE8\xFF;\xC8\xEC\xFF;\xC4\xD0\r\n\xC4\xF0\xE5\xF1\xF1\xEE\xE2;\xCF\xB8\xF2\xF0;01.02."
      "2015\r\n";
  for (const auto& dress : {table, "\xEF\xBB\xBF" + table, commas, tabs, cp1251}) {
    const auto result = import_by_http(client, "people.student", dress, "?dry_run=1");
    INFO(json::serialize(result));
    CHECK(result.at("rows").as_int64() == 1);
    REQUIRE(result.at("changes").as_array().size() == 1);
    CHECK(result.at("changes").at(0).at("display").as_string() == "Дрессов Пётр");
  }
}

TEST_CASE("files that are none are refused in Russian, and the server goes on") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const auto before = history_entries(school);
  const auto whole = bytes_of(sample("Ученики.xlsx"));
  auto damaged = whole;
  for (std::size_t i = damaged.size() / 3; i < damaged.size() / 3 + 200; ++i)
    damaged[i] = static_cast<char>(damaged[i] ^ 0x5A);
  const std::string old_excel = std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) + std::string(4096, '\0');
  const std::vector<std::pair<const char*, std::string>> bad{
      {"truncated", whole.substr(0, whole.size() / 2)},
      {"damaged", damaged},
      {"old or encrypted Excel", old_excel},
      {"a picture", "\x89PNG\r\n\x1a\n" + std::string(100, '\0')},
      {"a document", "%PDF-1.4\n"},
      {"noise", std::string("PK\x03\x04", 4) + std::string(500, '\x07')},
      {"zero bytes", std::string(1000, '\0')},
      {"wrong headers", "Город;Река\nРостов;Дон\n"},
      {"a header alone", "Фамилия;Имя\n"},
  };
  for (const auto& [name, bytes] : bad) {
    CAPTURE(name);
    const auto problem = refused_by_http(client, "people.student", bytes);
    INFO(json::serialize(problem));
    const auto status = problem.at("status").as_int64();
    CHECK(status >= 400);
    CHECK(status < 500);
    CHECK_FALSE(problem.at("code").as_string().empty());
    std::string told(problem.at("title").as_string());
    if (const auto* detail = problem.as_object().if_contains("detail")) told += std::string(detail->as_string());
    CHECK(std::any_of(told.begin(), told.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xD0; }));
    CHECK(client.get("/healthz").status == 200);
  }
  // The same from the command line: exit code 1 and the reason.
  const auto path = (school.data() / "bad.xlsx").string();
  std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() / 2);
  const auto output = school.run({"import", "people.student", path});
  CHECK(output.code == 1);
  CHECK_FALSE(output.error.empty());
  CHECK(school.run({"import", "people.student", "/no/such/file.xlsx"}).code == 1);
  CHECK(school.run({"import", "people.nobody", sample("Ученики.xlsx")}).code == 1);

  const auto big = client.post(records("people.student") + "/import", std::string(11 * 1024 * 1024, 'x'),
                               {{"Content-Type", "text/csv"}});
  CHECK(big.status == 413);
  CHECK(client.post(records("people.student") + "/import", "", {{"Content-Type", "text/csv"}}).status == 400);
  CHECK(history_entries(school) == before);
  CHECK(client.get(records("people.student")).status == 200);
}

TEST_CASE("a table goes out and comes back unchanged") {
  auto& school = shared_installation();
  const auto client = school.as("administrator");
  for (const auto* format : {"xlsx", "csv"}) {
    CAPTURE(format);
    const auto out = client.get(records("people.employee") + "/export?format=" + format);
    REQUIRE(out.status == 200);
    CHECK(out.header("content-disposition").find("attachment") != std::string::npos);
    const auto back = import_by_http(client, "people.employee", out.body, "?dry_run=1");
    INFO(json::serialize(back));
    CHECK(back.at("rows").as_int64() == 40);
    CHECK(back.at("unchanged").as_int64() == 40);
  }
  // What the role does not read does not go out; whom it does not see neither.
  const auto deputy = school.as("deputy").get(records("people.student") + "/export?format=csv");
  REQUIRE(deputy.status == 200);
  CHECK(deputy.body.find("Группа здоровья") == std::string::npos);
  CHECK(deputy.body.find("Фамилия") != std::string::npos);
  const auto teacher = school.as("homeroom_teacher");
  const auto own = teacher.get(records("people.student") + "/export?format=csv");
  REQUIRE(own.status == 200);
  CHECK(static_cast<std::size_t>(std::count(own.body.begin(), own.body.end(), '\n')) ==
        teacher.ids("people.student").size() + 1);
  CHECK(school.as("teacher").get(records("people.student") + "/export?format=csv").status == 403);

  const auto form = client.get(records("people.student") + "/template");
  REQUIRE(form.status == 200);
  CHECK(form.body.starts_with("PK"));
  CHECK(school.as("director").get(records("people.student") + "/template").status == 403);
}

TEST_CASE("in a new school year a file makes and names the classes of that year") {
  Installation installation;
  installation.fill();
  installation.start();
  const auto administrator = installation.as("administrator");
  const auto before = administrator.ids("school.class").size();
  REQUIRE(administrator.post(records("school.year"), R"({"name":"2027/2028","current":true})").status == 201);

  const std::string classes = "Класс\n5А\n";
  auto result = import_by_http(administrator, "school.class", classes);
  CHECK(result.at("created").as_int64() == 1);
  CHECK(administrator.ids("school.class").size() == before + 1);
  result = import_by_http(administrator, "school.class", classes);
  CHECK(result.at("unchanged").as_int64() == 1);

  const auto now = administrator.first("school.class", "name='5А' and year.current");
  const std::string pupil = "Класс;Фамилия;Имя;Дата рождения\n5А;Новенький;Пётр;02.01.2015\n";
  CHECK(import_by_http(administrator, "people.student", pupil).at("created").as_int64() == 1);
  const auto id = administrator.first("people.student", "surname='Новенький'");
  CHECK(administrator.get(records("people.student", id)).json().at("class").at("id").as_int64() == now);
}

TEST_CASE("a teacher loads the topics of the own lesson plan, of nobody else's, and no other files") {
  auto& school = shared_installation();
  const auto admin = school.as("administrator"), teacher = school.as("teacher");
  const auto made = [&](const std::string& registry, const json::object& record) {
    const auto response = admin.post(records(registry), json::serialize(record));
    REQUIRE_MESSAGE(response.status == 201, response.body);
    return response.json().at("id").as_int64();
  };
  const auto subject = admin.first("curriculum.subject", "name = 'Алгебра'");
  const auto plan = [&](const char* name, const char* surname) {
    return made("curriculum.lesson_plan", {{"name", name},
                                           {"kind", "model"},
                                           {"subject", subject},
                                           {"grade", 8},
                                           {"teacher", admin.first("people.employee", surname)}});
  };
  const auto own = plan("Алгебра, 8А", "surname = 'Барсукова'"), foreign = plan("Алгебра, 8Б", "surname = 'Соловьев'");
  const auto file = bytes_of(sample("КТП_алгебра_8.xlsx"));
  const auto into = [](std::int64_t id) { return "?set=" + encode(R"({"plan":)" + std::to_string(id) + "}"); };

  const auto done = import_by_http(teacher, "curriculum.topic", file, into(own));
  check_first_import({"КТП_алгебра_8.xlsx", "curriculum.topic"}, done);
  CHECK(admin.ids("curriculum.topic", "plan = " + std::to_string(own)).size() == 74);

  const auto refused = import_by_http(teacher, "curriculum.topic", file, into(foreign));
  CHECK(refused.at("rejected").as_int64() == 74);
  CHECK_FALSE(refused.at("applied").as_bool());
  CHECK(admin.ids("curriculum.topic", "plan = " + std::to_string(foreign)).empty());

  CHECK(teacher.post(records("people.achievement") + "/import", "Название\nОлимпиада").status == 403);
  CHECK(teacher.get(records("people.achievement") + "/template").status == 403);
  CHECK(teacher.get(records("curriculum.topic") + "/template").status == 200);
  const auto rights = [&](const std::string& registry) {
    return teacher.get("/api/v1/schemas/" + registry).json().at("rights").at("import").as_bool();
  };
  CHECK(rights("curriculum.topic"));
  CHECK_FALSE(rights("people.achievement"));

  // Of the journal he sees the own entry alone, and takes that back.
  import_by_http(admin, "curriculum.topic", file, into(foreign));
  const auto journal = teacher.get("/api/v1/imports").json().at("items").as_array();
  REQUIRE(journal.size() == 1);
  CHECK(journal.front().at("id") == done.at("import"));
  CHECK(journal.front().at("may_undo").as_bool());
  finished(teacher, teacher.remove("/api/v1/imports/" + std::to_string(done.at("import").as_int64())));
  CHECK(admin.ids("curriculum.topic", "plan = " + std::to_string(own)).empty());
}

TEST_CASE("a file of another registry is told as such, to who may load it there") {
  auto& school = shared_installation();
  const auto admin = school.as("administrator"), teacher = school.as("teacher");
  const auto suggested = [](const json::value& answer) -> std::string {
    const auto* member = answer.as_object().if_contains("suggested");
    if (!member) return {};
    CHECK_FALSE(member->at("label").as_string().empty());
    return std::string(member->at("registry").as_string());
  };
  const auto headers = [](const Client& client, const std::string& registry, const std::string& bytes) {
    const auto job = finished(client, client.post(records(registry) + "/import/headers", bytes,
                                                  {{"Content-Type", "application/octet-stream"}}));
    REQUIRE_MESSAGE(job.at("state").as_string() == "done", json::serialize(job));
    return job.at("result");
  };
  const auto plan = bytes_of(sample("КТП_алгебра_8.xlsx")), parents = bytes_of(sample("Родители.xlsx")),
             pupils = bytes_of(sample("Ученики.xlsx"));

  const auto refused = refused_by_http(admin, "people.student", plan, "?dry_run=1");
  CHECK(suggested(refused) == "curriculum.topic");
  CHECK(refused.at("suggested").at("label").as_string() == "Темы уроков");
  CHECK(suggested(headers(admin, "people.student", plan)) == "curriculum.topic");
  CHECK(suggested(refused_by_http(admin, "people.student", parents, "?dry_run=1")) == "people.guardian");
  CHECK(suggested(refused_by_http(admin, "curriculum.topic", parents, "?dry_run=1")) == "people.guardian");
  CHECK(suggested(import_by_http(admin, "people.person", pupils, "?dry_run=1")) == "people.student");

  // A file that fits is nobody else's, whatever its rows hold; nor is one that fits nothing.
  for (const auto& file : files) {
    CAPTURE(file.name);
    const auto bytes = bytes_of(sample(file.name));
    CHECK(suggested(import_by_http(admin, file.registry, bytes, "?dry_run=1")).empty());
    CHECK(suggested(headers(admin, file.registry, bytes)).empty());
  }
  CHECK(suggested(refused_by_http(admin, "curriculum.topic", plan, "?dry_run=1")).empty());  // wants its plan alone
  CHECK(suggested(headers(admin, "people.guardianship", parents)).empty());
  CHECK(suggested(refused_by_http(admin, "people.student", "Город;Река;Море\nРостов;Дон;нет\n", "?dry_run=1")).empty());

  // A teacher loads topics and nothing of people: of those registries no answer speaks.
  CHECK(suggested(headers(teacher, "curriculum.topic", pupils)).empty());
  CHECK(suggested(refused_by_http(teacher, "curriculum.topic", parents, "?dry_run=1")).empty());

  const auto output = school.run({"import", "people.student", sample("КТП_алгебра_8.xlsx"), "--dry-run"});
  CHECK(output.code == 1);
  CHECK((output.out + output.error).find("Похоже, это файл для реестра «Темы уроков» (curriculum.topic)") !=
        std::string::npos);
}

TEST_CASE("what a file must have and has not is told with its columns") {
  auto& school = shared_installation();
  const auto admin = school.as("administrator");
  const auto missing = [&](const std::string& registry, const std::string& bytes) {
    const auto job = finished(admin, admin.post(records(registry) + "/import/headers", bytes,
                                                {{"Content-Type", "application/octet-stream"}}));
    REQUIRE_MESSAGE(job.at("state").as_string() == "done", json::serialize(job));
    std::vector<std::string> found;
    for (const auto& target : job.at("result").at("targets").as_array())
      if (target.at("missing").as_bool()) found.emplace_back(target.at("header").as_string());
    return found;
  };
  CHECK(missing("curriculum.topic", bytes_of(sample("КТП_алгебра_8.xlsx"))) == std::vector<std::string>{"План"});
  // A surname may come in one cell with the other names.
  CHECK(missing("people.student", "Класс;ФИО\n5А;Иванов Пётр\n").empty());
  CHECK(missing("people.student", bytes_of(sample("Ученики.xlsx"))).empty());
}

TEST_CASE("a lesson plan is named beside its file on the command line") {
  Installation installation;
  make_school(installation);
  installation.start();
  const auto admin = installation.as("administrator");
  const auto subject = admin.first("curriculum.subject", "name = 'Русский язык'");
  const auto body = json::serialize(
      json::object{{"name", "Русский язык, 5 класс"}, {"kind", "model"}, {"subject", subject}, {"grade", 5}});
  REQUIRE(admin.post(records("curriculum.lesson_plan"), body).status == 201);
  const auto path = sample("КТП_русский_5.xlsx");
  check_first_import(
      {"КТП_русский_5.xlsx", "curriculum.topic"},
      import_by_command(installation, "curriculum.topic", path, {"--set", "plan=русский язык, 5 класс"}));
  const auto unknown =
      installation.run({"import", "curriculum.topic", path, "--set", "plan=Русский язык, 6 класс", "--json"});
  CHECK(unknown.code == 1);
  CHECK(unknown.out.find("unknown_reference") != std::string::npos);
}

TEST_CASE("an import tells nobody what he may not see") {
  auto& school = shared_installation();
  const auto admin = school.as("administrator"), deputy = school.as("deputy");
  const auto pupil = admin.get(records("people.student", admin.first("people.student", "health_group = 'II'"))).json();
  const auto text = [&](const char* field) { return std::string(pupil.at(field).as_string()); };
  const auto row = text("surname") + ";" + text("given_name") + ";" + text("patronymic") + ";" + text("birth_date");
  const auto file = [&](const std::string& group) {
    return "Фамилия;Имя;Отчество;Дата рождения;Группа здоровья\n" + row + ";" + group + "\n";
  };
  // The deputy reads nothing of health: whatever the file says of it, the answer is the same, and says why.
  std::set<std::string> answers;
  for (const auto* group : {"I", "II", "III"}) {
    auto result = import_by_http(deputy, "people.student", file(group), "?dry_run=1").as_object();
    REQUIRE(result.at("warnings").as_array().size() == 1);
    CHECK(result.at("warnings").at(0).at("code") == "hidden_column");
    result.erase("columns");  // the sample below the header is the file's own
    answers.insert(json::serialize(result));
  }
  CHECK(answers.size() == 1);
  // Who makes and changes no records there is refused before the file is read.
  for (const auto* role : {"hr", "homeroom_teacher", "director"})
    CHECK_MESSAGE(school.as(role).post(records("people.student") + "/import?dry_run=1", file("I")).status == 403, role);
  // Numbers of people are not listed for whom one does not find.
  const auto unknown =
      import_by_http(admin, "people.consent", "СНИЛС;Цель;Дано\n112-233-445 95;фото;01.09.2026\n", "?dry_run=1");
  REQUIRE(unknown.at("errors").as_array().size() >= 1);
  CHECK(json::serialize(unknown.at("errors")).find("есть:") == std::string::npos);
}
