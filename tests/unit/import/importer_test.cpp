#include "kernel/registry/import/importer.hpp"

#include <doctest/doctest.h>

#include "desk.hpp"

using namespace eschool;
using namespace eschool::importing;
using importing::test::book;
using importing::test::Desk;
using importing::test::marks;
using importing::test::sheet;
using Marks = std::vector<std::string>;

namespace {

ImportOptions accept_valid() {
  ImportOptions options;
  options.accept_valid = true;
  return options;
}

}  // namespace

TEST_CASE("one wrong row leaves the database as it was, unless the valid ones are asked for") {
  Desk desk(test::small_catalogue());
  const auto file = book({sheet("Ящики", {{"Код", "Упакован", "Комната"},
                                          {"К1", "01.09.2026", "201"},
                                          {"К2", "31.02.2026", "202"},
                                          {},
                                          {"К3", "", "201"}})});
  auto result = desk.import("store.crate", file);
  CHECK(result.rows == 3);
  CHECK(result.created == 2);
  CHECK(result.rejected == 1);
  CHECK_FALSE(result.applied);
  CHECK(marks(result.errors) == Marks{"3 Упакован date"});
  CHECK(desk.count("store_crate") == 0);
  CHECK(desk.count("store_room") == 0);
  CHECK(desk.count("es_history") == 0);

  result = desk.import("store.crate", file, accept_valid());
  CHECK(result.applied);
  CHECK(desk.count("store_crate") == 2);
  CHECK(desk.count("store_room") == 1);  // of the rejected row not even the room
}

TEST_CASE("a dry run tells what would be done and does nothing") {
  Desk desk(test::small_catalogue());
  ImportOptions options;
  options.dry_run = true;
  const auto result = desk.import("store.crate", book({sheet("Ящики", {{"Код", "Комната"}, {"К1", "201"}})}), options);
  CHECK(result.created == 1);
  CHECK_FALSE(result.applied);
  REQUIRE(result.changes.items.size() == 1);
  CHECK(result.changes.items[0].display == "К1");
  CHECK(desk.count("store_crate") + desk.count("store_room") + desk.count("es_history") == 0);
}

TEST_CASE("an empty cell erases nothing, and equal after normalisation is no change") {
  Desk desk(test::small_catalogue());
  desk.import("store.crate", book({sheet("Ящики", {{"Код", "Заметка", "Вес", "Вид"}, {"К1", "Ёлки", "2", "сухой"}})}));
  const auto entries = desk.count("es_history");
  auto result = desk.import("store.crate",
                            book({sheet("Ящики", {{"Код", "Заметка", "Вес", "Вид"}, {"к1", "  елки ", "2,0", ""}})}));
  CHECK(result.unchanged == 1);
  CHECK(desk.count("es_history") == entries);
  result =
      desk.import("store.crate", book({sheet("Ящики", {{"Код", "Заметка", "Вес", "Вид"}, {"К1", "", "3", "мокрый"}})}));
  CHECK(result.updated == 1);
  REQUIRE(result.changes.items.size() == 1);
  Marks differences;
  for (const auto& difference : result.changes.items[0].differences)
    differences.push_back(difference.label + ": " + difference.before + " -> " + difference.after);
  CHECK(differences == Marks{"Вид: сухой -> мокрый", "Вес: 2,00 -> 3,00"});
  CHECK(desk.text("SELECT note || CAST(weight AS INTEGER) || kind FROM store_crate") == "Ёлки3wet");
}

TEST_CASE("an unknown reference names what there is") {
  Desk desk(test::small_catalogue());
  const auto file = book({sheet("Ящики", {{"Код", "Полка"}, {"К1", "С"}})});
  CHECK(desk.import("store.crate", file).errors.items.at(0).message.find("он пока пуст") != std::string::npos);
  desk.create("store.shelf", {{"name", "А"}});
  desk.create("store.shelf", {{"name", "Б"}});
  const auto result = desk.import("store.crate", file);
  CHECK(marks(result.errors) == Marks{"2 Полка unknown_reference"});
  CHECK(result.errors.items[0].message == "в реестре «Полки» нет записи «С»; есть: А, Б");
}

TEST_CASE("all that is wrong with a row is told at once") {
  Desk desk(test::small_catalogue());
  const auto result = desk.import(
      "store.crate", book({sheet("Ящики", {{"Код", "Полка", "Вид", "Вес"}, {"123456789", "С", "липкий", "много"}})}));
  CHECK(marks(result.errors) == Marks{"2 Код too_long", "2 Вид enum", "2 Вес type", "2 Полка unknown_reference"});
}

TEST_CASE("the same record twice: equal is pointed out, different is rejected") {
  Desk desk(test::small_catalogue());
  const auto result = desk.import(
      "store.crate", book({sheet("Ящики", {{"Код", "Вид"}, {"К1", "сухой"}, {"К1", "сухой"}, {"К1", "мокрый"}})}),
      accept_valid());
  CHECK(result.created == 1);
  CHECK(result.unchanged == 1);
  CHECK(result.rejected == 1);
  CHECK(marks(result.warnings) == Marks{"3  duplicate_row"});
  CHECK(marks(result.errors) == Marks{"4 Вид duplicate_in_file"});
  CHECK(result.errors.items[0].message.find("строке 2") != std::string::npos);
}

TEST_CASE("who a row is about must be clear") {
  Desk desk(test::small_catalogue());
  const auto result =
      desk.import("store.keeper",
                  book({sheet("Хранители", {{"ФИО", "СНИЛС", "Дата рождения", "Телефон"},
                                            {"Иванов Иван Иванович", "112-233-445 95", "1980-01-02", "89610005595"},
                                            {"Петров Пётр Петрович", "112-233-445 95", "", ""},
                                            {"Иванов Иван Иванович", "229-555-640 97", "1980-01-02", ""},
                                            {"Сидоров Сидор", "", "", "12"},
                                            {"Иванов Иван", "", "1980-01-02", ""}})}),
                  accept_valid());
  CHECK(result.created == 1);
  CHECK(marks(result.errors) ==
        Marks{"3 СНИЛС identity_conflict", "4 СНИЛС identity_conflict", "5 СНИЛС identity_missing", "6 ФИО ambiguous"});
  CHECK(result.errors.items[0].message.find("Иванов Иван Иванович, строка 2 этого файла") != std::string::npos);
  CHECK(result.errors.items[2].message.find("«СНИЛС» или «Пропуск» или «Дата рождения» или «Телефон»") !=
        std::string::npos);
  CHECK(desk.count("store_person") == 1);
}

TEST_CASE("someone who is known already gets the facet and stays one person") {
  Desk desk(test::small_catalogue());
  desk.create("store.person", {{"surname", "Артёмов"}, {"given_name", "Семён"}, {"birth_date", "1980-01-02"}});
  const auto result =
      desk.import("store.keeper", book({sheet("", {{"ФИО", "Дата рождения", "Телефон", "Пропуск"},
                                                   {"Артемов Семен", "02.01.1980", "89610005595", "7"}})}));
  CHECK(result.created == 1);
  CHECK(desk.count("store_person") == 1);
  CHECK(desk.text("SELECT surname || phone || version FROM store_person") == "Артёмов+796100055952");
  CHECK(result.records.at("store.keeper").created == 1);
  CHECK(result.records.at("store.person").created == 0);
  CHECK(result.records.at("store.person").updated == 1);
}

TEST_CASE("a namesake is pointed out") {
  Desk desk(test::small_catalogue());
  desk.create("store.person", {{"surname", "Артёмов"}, {"given_name", "Семён"}});
  const auto result = desk.import("store.keeper", book({sheet("", {{"ФИО", "Пропуск"}, {"Артёмов Семён", "7"}})}));
  CHECK(result.created == 1);
  CHECK(marks(result.warnings) == Marks{"2 ФИО namesake"});
}

TEST_CASE("a file that does not fit is refused whole, with what was expected") {
  Desk desk(test::small_catalogue());
  const auto wrong = desk.refusal("store.keeper", book({sheet("Лист1", {{"Тема", "Часы"}, {"x", "1"}})}));
  CHECK(wrong.starts_with("wrong_headers: На листе «Лист1»"));
  CHECK(wrong.find("«ФИО»") != std::string::npos);
  CHECK(desk.refusal("store.keeper", book({sheet("", {{"Пропуск", "Телефон"}, {"7", "1"}})}))
            .find("нет обязательных столбцов: «ФИО»") != std::string::npos);
  CHECK(desk.refusal("store.person", book({sheet("", {{"ФИО", "Телефон"}, {"Иванов Иван", "1"}})}))
            .find("«СНИЛС», «Дата рождения»") != std::string::npos);
  CHECK(desk.refusal("store.keeper", book({sheet("Хранители", {})})).starts_with("empty_sheet"));
  CHECK(desk.refusal("store.keeper", book({})).starts_with("empty_sheet"));
  CHECK(desk.refusal("store.room", book({sheet("", {{"Комната"}})})).starts_with("not_importable"));
}

TEST_CASE("the sheet is found by name, then by its headers") {
  Desk desk(test::small_catalogue());
  auto hidden = sheet("Ящики", {{"Код", "Вид"}, {"К9", "сухой"}});
  hidden.hidden = true;
  const auto result = desk.import("store.crate", book({hidden, sheet("Оглавление", {{"Разное"}}),
                                                       sheet("Данные", {{"Код", "Вид"}, {"К1", "сухой"}})}));
  CHECK(result.sheet == "Данные");
  CHECK(result.created == 1);
}

TEST_CASE("companions are imported with the main sheet or not at all") {
  Desk desk(test::small_catalogue());
  const auto firm = sheet("Фирма", {{"Наименование", "ООО «Ящик»"}, {"ИНН", "7707083893"}});
  auto result = desk.import("store.firm", book({firm, sheet("Полки", {{"Название"}, {"А"}, {"Б"}})}));
  CHECK(result.created == 1);
  CHECK(result.rows == 2);
  REQUIRE(result.sheets.size() == 1);
  CHECK(result.sheets[0].registry == "store.shelf");
  CHECK(result.sheets[0].created == 2);
  CHECK(desk.count("store_shelf") == 2);

  result = desk.import("store.firm", book({sheet("Фирма", {{"Наименование", "Другое"}, {"ИНН", "7707083893"}}),
                                           sheet("Полки", {{"Тема", "Часы"}})}));
  CHECK_FALSE(result.applied);
  CHECK(marks(result.sheets.at(0).errors) == Marks{"0  wrong_headers"});
  CHECK(desk.text("SELECT title FROM store_firm") == "ООО «Ящик»");
}

TEST_CASE("a wrong line of names and values is rejected by its row") {
  Desk desk(test::small_catalogue());
  const auto file =
      book({sheet("Фирма", {{"Наименование", "ООО"}, {"ИНН", "7707083894"}, {"Основана", "01.02.2003"}})});
  auto result = desk.import("store.firm", file);
  CHECK(result.rejected == 1);
  CHECK(marks(result.errors) == Marks{"2 ИНН inn_checksum"});
  CHECK(desk.count("store_firm") == 0);
  result = desk.import("store.firm", file, accept_valid());
  CHECK(result.created == 1);
  CHECK(desk.text("SELECT founded FROM store_firm WHERE inn IS NULL") == "2003-02-01");
  result = desk.import("store.firm", file, accept_valid());
  CHECK(result.unchanged == 1);
}

TEST_CASE("what the registry itself refuses is told at the column that says it") {
  Desk desk(test::small_catalogue());
  desk.create("store.keeper", {{"surname", "Иванов"}, {"given_name", "Иван"}, {"badge", "7"}});
  const auto result = desk.import("store.keeper", book({sheet("", {{"ФИО", "СНИЛС", "Дата рождения", "Пропуск"},
                                                                   {"Петров Пётр", "112-233-445 95", "01.02.1990", ""},
                                                                   {"Сидоров Пётр", "229-555-640 97", "02.02.1990", ""},
                                                                   {"Петров Пётр", "112-233-445 95", "", "7"}})}));
  CHECK(result.created == 2);
  CHECK(marks(result.errors) == Marks{"4 Пропуск not_unique"});
}

TEST_CASE("who neither makes nor changes such records has no file read for him") {
  Desk desk(test::small_catalogue());
  desk.who.system = false;
  try {
    desk.import("store.shelf", book({sheet("", {{"Название"}, {"А"}})}));
    FAIL("not refused");
  } catch (const http::ProblemError& thrown) {
    CHECK(thrown.problem.status == 403);
  }
  CHECK(desk.count("store_shelf") == 0);
}

TEST_CASE("a cancelled import leaves nothing, and progress is told") {
  Desk desk(test::small_catalogue());
  const auto file = book({sheet("", {{"Название"}, {"А"}, {"Б"}, {"В"}})});
  ImportOptions options;
  int asked = 0;
  std::vector<double> told;
  options.cancelled = [&] { return ++asked == 3; };
  options.progress = [&](double done) { told.push_back(done); };
  CHECK_THROWS_AS(desk.import("store.shelf", file, options), Cancelled);
  CHECK(told.size() == 2);
  CHECK(desk.count("store_shelf") == 0);
  options.cancelled = {};
  told.clear();
  desk.import("store.shelf", file, options);
  CHECK(told.back() == 1.0);
}

TEST_CASE("a child is found by what the row says of it") {
  Desk desk(test::school_catalogue());
  const auto a = desk.create("school.class", {{"name", "5А"}}), b = desk.create("school.class", {{"name", "5Б"}});
  const auto pupil = [&](const char* birth_date, const char* file_no, std::int64_t in) {
    return desk.create("people.student", {{"surname", "Ёлкин"},
                                          {"given_name", "Пётр"},
                                          {"birth_date", birth_date},
                                          {"file_no", file_no},
                                          {"class", in}});
  };
  pupil("2014-01-02", "Е-1", a.id);
  pupil("2015-01-02", "Е-2", b.id);
  const auto result =
      desk.import("people.guardian",
                  book({sheet("", {{"ФИО ребёнка", "Класс", "№ личного дела", "ФИО родителя", "Телефон"},
                                   {"Елкин Петр", "5 б", "", "Ёлкина Анна Ивановна", "89610005595"},
                                   {"Ёлкин Пётр", "", "", "Ёлкина Анна Ивановна", "89610005595"},
                                   {"Ёлкин Пётр", "5А", "Е-2", "Ёлкин Ион Ионович", "89610005596"},
                                   {"Жуков Пётр", "5А", "", "Жуков Ион Ионович", "89610005597"},
                                   {"Ёлкин Пётр", "7Я", "Е-1", "Ёлкин Ион Ионович", "89610005596"}})}),
                  accept_valid());
  CHECK(marks(result.errors) ==
        Marks{"3 ФИО ребёнка ambiguous", "5 ФИО ребёнка unknown_reference", "6 Класс unknown_reference"});
  CHECK(marks(result.warnings) == Marks{"4 Класс differs"});
  CHECK(desk.count("people_guardianship") == 2);
  CHECK(desk.count("people_guardianship g JOIN people_student s ON s.id = g.student WHERE s.file_no = 'Е-2'") == 2);
}

TEST_CASE("a class is that of the current school year") {
  Desk desk(test::school_catalogue());
  const auto last = desk.create("school.year", {{"name", "2025/2026"}, {"current", std::int64_t{0}}});
  const auto year = desk.create("school.year", {{"name", "2026/2027"}, {"current", std::int64_t{1}}});
  const auto old = desk.create("school.class", {{"name", "5А"}, {"year", last.id}});
  const auto pupils =
      book({sheet("", {{"Класс", "Фамилия", "Имя", "Дата рождения"}, {"5а", "Ёлкин", "Пётр", "02.01.2014"}})});
  auto result = desk.import("people.student", pupils);
  CHECK(marks(result.errors) == Marks{"2 Класс unknown_reference"});  // last year's class is not meant
  const auto now = desk.create("school.class", {{"name", "5А"}, {"year", year.id}});
  result = desk.import("people.student", pupils);
  CHECK(result.errors.items.empty());
  CHECK(desk.text("SELECT class FROM people_student") == std::to_string(now.id));
  CHECK(old.id != now.id);
}

TEST_CASE("what stands for all rows is said where a row says nothing") {
  Desk desk(test::small_catalogue());
  const auto low = desk.create("store.shelf", {{"name", std::string("Нижняя")}}).id;
  desk.create("store.shelf", {{"name", std::string("Верхняя")}});
  const auto file = book({sheet("Ящики", {{"Код", "Вид", "Полка"}, {"К1", "", ""}, {"К2", "сухой", "верхняя"}})});
  ImportOptions options;
  options.standing = {{"kind", 0, "мокрый"}, {"shelf", 0, "Нижняя"}};
  CHECK(desk.import("store.crate", file, options).created == 2);
  CHECK(desk.text(
            "SELECT kind || ' ' || name FROM store_crate c JOIN store_shelf s ON s.id = c.shelf WHERE code = 'К1'") ==
        "wet Нижняя");
  CHECK(desk.text(
            "SELECT kind || ' ' || name FROM store_crate c JOIN store_shelf s ON s.id = c.shelf WHERE code = 'К2'") ==
        "dry Верхняя");

  // A record is meant for all rows or for none: the row that names another one is wrong.
  options.standing = {{"shelf", low, {}}};
  const auto other = desk.import("store.crate", file, options);
  CHECK(marks(other.errors) == Marks{"3 Полка other_record"});

  // The value counts as a column that the file has: of a wrong one the error says where it belongs.
  options.standing = {{"code", 0, "К3"}};
  CHECK(desk.import("store.crate", book({sheet("Ящики", {{"Вид", "Заметка"}, {"сухой", "Ёлки"}})}), options).created ==
        1);
  options.standing = {{"kind", 0, "липкий"}};
  const auto wrong = desk.import("store.crate", book({sheet("Ящики", {{"Код", "Заметка"}, {"К4", "Ёлки"}})}), options);
  CHECK(marks(wrong.errors) == Marks{"2 Вид enum"});

  const auto refused = [&](StandingValue value) {
    options.standing = {std::move(value)};
    try {
      desk.import("store.crate", file, options);
    } catch (const http::ProblemError& thrown) {
      return thrown.problem.code;
    }
    return std::string();
  };
  CHECK(refused({"colour", 0, "синий"}) == "bad_set");
  CHECK(refused({"shelf", 999, {}}) == "bad_set");
  CHECK(refused({"code", low, {}}) == "bad_set");
}
