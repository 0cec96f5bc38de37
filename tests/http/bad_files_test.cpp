// Files that nobody should load, over HTTP to the real binary: what is told of each, and that nothing comes of it.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>

#include "imports.hpp"
#include "package.hpp"

using namespace eschool::test;
namespace json = boost::json;
namespace make = eschool::tabular::test;

namespace {

/// What the server may grow by over one bad file: the body as it came, its copy for the reader, and the job's answer.
constexpr long most_growth_kib = 24 * 1024;
/// What any process of ours may hold, the readers of tables among them.
constexpr long most_of_a_process_kib = 128 * 1024;

std::string cell(const std::string& address, const std::string& text) {
  return "<c r='" + address + "' t='inlineStr'><is><t>" + text + "</t></is></c>";
}

/// A row of texts from column A on; an empty one makes no cell.
std::string row(int number, const std::vector<std::string>& texts) {
  std::string xml = "<row r='" + std::to_string(number) + "'>";
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!texts[i].empty()) xml += cell(static_cast<char>('A' + i) + std::to_string(number), texts[i]);
  return xml + "</row>";
}

std::string header() { return row(1, {"Класс", "Фамилия", "Имя", "Дата рождения", "СНИЛС", "№ личного дела"}); }

std::string workbook_where(const std::string& member, const std::string& xml) {
  return make::workbook_of_rows(header() + row(2, {"5А", "Иванов", "Пётр"}), {{member, xml}});
}

std::string billion_laughs() {
  std::string xml = "<?xml version='1.0'?><!DOCTYPE sst [<!ENTITY a0 'ха'>";
  for (int i = 1; i < 40; ++i) {
    const auto before = "&a" + std::to_string(i - 1) + ";";
    xml += "<!ENTITY a" + std::to_string(i) + " '" + before + before + "'>";
  }
  return xml + "]><sst><si><t>&a39;</t></si></sst>";
}

std::string outside_entity() {
  return "<?xml version='1.0'?><!DOCTYPE worksheet [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><worksheet><sheetData>" +
         header() + row(2, {"5А", "&x;", "Пётр"}) + "</sheetData></worksheet>";
}

std::string many_rows(int count) {
  std::string rows = header();
  for (int i = 2; i <= count; ++i) rows += row(i, {"5А", "Толпин", "Пётр", "", "", "Т-" + std::to_string(i)});
  return make::workbook_of_rows(rows);
}

/// 1 GiB of blanks would pack a thousandfold; here as much of them as shows the ratio.
std::string bomb_of_blanks() {
  return make::zip(make::workbook_members("<sheetData>" + std::string(16U << 20, ' ') + "</sheetData>"));
}

/// Packed some thirtyfold, which is allowed, to more than is allowed in all.
std::string bomb_within_the_ratio() {
  std::string filler;
  unsigned state = 1;
  while (filler.size() < (110U << 20)) {
    state = state * 1'664'525U + 1'013'904'223U;
    filler += "<!-- " + std::string(100, ' ') + std::to_string(state) + "-->";
  }
  return make::zip(make::workbook_members("<sheetData/>" + filler));
}

/// An OLE container as old Excel writes it and as password protection makes of a new file.
std::string ole_container(const std::string& stream) {
  std::string bytes = std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") + std::string(1024, '\0');
  for (const char c : stream) bytes += {c, '\0'};
  return bytes + std::string(1024, '\0');
}

struct BadFile {
  std::string name, code;
  std::function<std::string()> bytes;
  std::string told;  ///< what the message says, in part
  std::string sheet{};
  int row = 0;
  std::string column{};
};

const std::vector<BadFile>& bad_files() {
  static const std::vector<BadFile> files{
      {"truncated zip", "damaged",
       [] {
         const auto whole = bytes_of(sample("Ученики.xlsx"));
         return whole.substr(0, whole.size() / 2);
       },
       "архив обрывается или загружен не полностью"},
      {"encrypted .xlsx", "encrypted", [] { return ole_container("EncryptedPackage"); }, "Файл защищён паролем"},
      {"encrypted zip", "encrypted", [] { return make::zip(make::workbook_members("<sheetData/>"), "пароль"); },
       "Архив файла защищён паролем"},
      {"old .xls", "old_xls", [] { return ole_container("Workbook"); }, "старый формат Excel 97–2003 (.xls)"},
      {"200,000 rows", "too_many_rows", [] { return many_rows(200'000); }, "Лист «Лист»: больше 20000 строк", "Лист",
       20'001},
      {"billion laughs", "doctype", [] { return workbook_where("xl/sharedStrings.xml", billion_laughs()); },
       "запрещённое объявление DOCTYPE"},
      {"outside entity", "doctype", [] { return workbook_where("xl/worksheets/sheet1.xml", outside_entity()); },
       "запрещённое объявление DOCTYPE", "Лист"},
      {"zip bomb by ratio", "compression_ratio", bomb_of_blanks, "похож на «zip-бомбу»", "Лист"},
      {"zip bomb by size", "unpacked_too_large", bomb_within_the_ratio, "после распаковки больше 100 МиБ", "Лист"},
      {"too many columns", "too_many_columns",
       [] { return make::workbook_of_rows(header() + "<row r='2'>" + cell("GS2", "х") + "</row>"); },
       "Лист «Лист», строка 2, столбец GS", "Лист", 2, "GS"},
      {"a reference to no text", "damaged",
       [] { return make::workbook_of_rows(header() + "<row r='3'><c r='B3' t='s'><v>7</v></c></row>"); },
       "лист «Лист», строка 3, столбец B: нет текста", "Лист", 3, "B"},
      {"wrong headers", "wrong_headers",
       [] {
         return make::workbook_of_rows(row(1, {"Город", "Река"}) + row(2, {"Ростов", "Дон"}));
       },
       "На листе «Лист»", "Лист"},
      {"a needed column missing", "missing_columns",
       [] {
         return make::workbook_of_rows(row(1, {"Класс", "Имя", "СНИЛС"}) + row(2, {"5А", "Пётр"}));
       },
       "«Фамилия»", "Лист", 1},
      {"a header alone", "empty_sheet", [] { return make::workbook_of_rows(header()); },
       "На листе «Лист» под заголовками (строка 1) нет ни одной заполненной строки", "Лист", 1},
  };
  return files;
}

/// How much there is of what an import of pupils could leave behind.
struct Counts {
  explicit Counts(const Installation& school) : history(history_entries(school)) {
    const auto client = school.as("administrator");
    for (const auto* registry : {"people.student", "people.person", "school.class"})
      records.push_back(client.ids(registry).size());
  }
  std::int64_t history;
  std::vector<std::size_t> records;
  bool operator==(const Counts&) const = default;
};

/// VmHWM or VmRSS of the process, KiB.
long memory_kib(pid_t process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  FAIL("no " << name);
  return 0;
}

/// From now on the process' VmHWM is the most that it holds from now on.
void forget_peak(pid_t process) { std::ofstream("/proc/" + std::to_string(process) + "/clear_refs") << "5"; }

std::string text_of(const json::value& object, const char* name) {
  const auto* value = object.as_object().if_contains(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

struct Remark {
  int row;
  std::string column, code, told;
};

/// Checks that the remarks of that kind are these and no others: by row, column and code, each in its words.
void check_remarks(const json::value& result, const char* kind, const std::vector<Remark>& wanted) {
  const auto& remarks = result.at(kind).as_array();
  INFO(json::serialize(remarks));
  CHECK(remarks.size() == wanted.size());
  for (const auto& remark : remarks) CHECK(remark.at("sheet").as_string() == "Лист");
  for (const auto& one : wanted) {
    CAPTURE(one.row);
    CAPTURE(one.column);
    CAPTURE(one.told);
    CHECK(std::any_of(remarks.begin(), remarks.end(), [&](const json::value& remark) {
      return remark.at("row").as_int64() == one.row && text_of(remark, "column") == one.column &&
             text_of(remark, "code") == one.code && text_of(remark, "message").find(one.told) != std::string::npos;
    }));
  }
}

}  // namespace

TEST_CASE("a file that can not be a table is refused in Russian, tried or run") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const Counts before(school);
  for (const auto& file : bad_files()) {
    CAPTURE(file.name);
    const auto bytes = file.bytes();
    REQUIRE(bytes.size() < (10U << 20));  // beyond that the body itself is refused, see below
    for (const std::string options : {"?dry_run=1", "", "?accept=valid"}) {
      CAPTURE(options);
      forget_peak(school.process());
      const auto resting = memory_kib(school.process(), "VmRSS");
      const auto problem = refused_by_http(client, "people.student", bytes, options);
      INFO(json::serialize(problem));
      CHECK(problem.at("status").as_int64() == 422);
      CHECK(text_of(problem, "code") == file.code);
      CHECK(static_cast<unsigned char>(text_of(problem, "title")[0]) >= 0xD0);  // Cyrillic
      CHECK(text_of(problem, "detail").find(file.told) != std::string::npos);
      const auto& error = problem.at("errors").at(0);
      CHECK(text_of(error, "sheet") == file.sheet);
      CHECK(error.at("row").as_int64() == file.row);
      CHECK(text_of(error, "column") == file.column);
      CHECK(text_of(error, "code") == file.code);
      CHECK(text_of(error, "message") == text_of(problem, "detail"));
      CHECK(memory_kib(school.process(), "VmHWM") - resting < most_growth_kib);
      CHECK(school.client().get("/healthz").status == 200);
    }
  }
  // A child that is started inherits the peak of who starts it: without this the last test would measure the bombs
  // here.
  forget_peak(::getpid());
  CHECK(Counts(school) == before);
}

TEST_CASE("a body that is no file, or too much of one, does not become a job") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const Counts before(school);
  for (const std::string options : {"?dry_run=1", ""}) {
    const auto path = records("people.student") + "/import" + options;
    const Headers any{{"Content-Type", "application/octet-stream"}};
    const auto resting = memory_kib(school.process(), "VmRSS");
    forget_peak(school.process());
    const auto large = client.post(path, std::string((10U << 20) + 1, 'x'), any);
    CHECK(large.status == 413);
    CHECK(large.code() == "body_too_large");
    CHECK(memory_kib(school.process(), "VmHWM") - resting < most_growth_kib);
    const auto empty = client.post(path, "", any);
    CHECK(empty.status == 400);
    CHECK(empty.code() == "empty_file");
    CHECK(text_of(empty.json(), "detail") == "Файл пуст: пришлите его телом запроса.");
    CHECK(school.client().get("/healthz").status == 200);
  }
  CHECK(Counts(school) == before);
}

TEST_CASE("wrong rows are named by sheet, row and column, and none is written") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const Counts before(school);
  const auto bytes = make::workbook_of_rows(header() + row(2, {"5А", "Верный", "Пётр", "01.02.2015", "", "Я-901"}) +
                                            row(3, {"12Щ", "Классов", "Иван", "01.02.2015"}) +
                                            row(4, {"5А", "Датов", "Иван", "31.02.2014"}) +
                                            row(6, {"5А", "Снилсов", "Иван", "01.02.2015", "112-233-445 96"}) +
                                            row(7, {"5А", "", "Иван", "01.02.2015", "", "Я-907"}) +
                                            row(8, {"5А", "Номеров", "Олег", "03.02.2015", "", "Я-901"}) +
                                            row(9, {"5А", "Верный", "Пётр", "01.02.2015", "", "Я-901"}) +
                                            row(10, {"5А", "Верный", "Пётр", "01.03.2015", "", "Я-901"}));
  for (const std::string options : {"?dry_run=1", ""}) {
    CAPTURE(options);
    const auto result = import_by_http(client, "people.student", bytes, options);
    CHECK_FALSE(result.at("applied").as_bool());
    CHECK(result.at("rows").as_int64() == 8);
    check_remarks(result, "errors",
                  {{3, "Класс", "unknown_reference", "в реестре «Классы» нет записи «12Щ»; есть: 5А"},
                   {4, "Дата рождения", "date", "«31.02.2014» не дата: нужен существующий день вида 01.09.2014"},
                   {6, "СНИЛС", "snils_checksum", "контрольное число не сходится"},
                   {7, "Фамилия", "required", "заполните поле «Фамилия»"},
                   {8, "№ личного дела", "identity_conflict",
                    "«№ личного дела» принадлежит другому (Верный Пётр, строка 2 этого файла)"},
                   {10, "Дата рождения", "duplicate_in_file", "та же запись стоит в строке 2"}});
    check_remarks(result, "warnings", {{9, "", "duplicate_row", "повторяет строку 2"}});
    CHECK(school.client().get("/healthz").status == 200);
  }
  CHECK(Counts(school) == before);
}

TEST_CASE("of a formula the saved value counts, and what has none is told") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const Counts before(school);
  const auto formula = [](const std::string& address, const std::string& type, const std::string& value) {
    return "<c r='" + address + "'" + type + "><f>B2&amp;\"ова\"</f>" + value + "</c>";
  };
  const auto good = header() + "<row r='2'>" + cell("A2", "5А") + formula("B2", " t='str'", "<v>Формулина</v>") +
                    cell("C2", "Анна") + cell("F2", "Ф-1") + "</row>";
  const auto tried = import_by_http(client, "people.student", make::workbook_of_rows(good), "?dry_run=1");
  INFO(json::serialize(tried));
  check_remarks(tried, "errors", {});
  check_remarks(tried, "warnings", {{2, "Фамилия", "formula", "значение формулы взято как есть"}});
  CHECK(text_of(tried.at("changes").at(0), "display") == "Формулина Анна");

  const auto bad = good + "<row r='3'>" + cell("A3", "5А") + formula("B3", "", "") + cell("C3", "Инна") +
                   cell("F3", "Ф-2") + "</row><row r='4'>" + cell("A4", "5А") + formula("B4", " t='e'", "<v>#N/A</v>") +
                   cell("C4", "Яна") + cell("F4", "Ф-3") + "</row>" + row(5, {"5А", "=CMD()", "Ева", "", "", "Ф-4"});
  for (const std::string options : {"?dry_run=1", ""}) {
    CAPTURE(options);
    const auto result = import_by_http(client, "people.student", make::workbook_of_rows(bad), options);
    CHECK_FALSE(result.at("applied").as_bool());
    check_remarks(result, "errors",
                  {{3, "Фамилия", "required", "заполните поле «Фамилия»"},
                   {4, "Фамилия", "formula_error", "в ячейке ошибка формулы #N/A: впишите значение"},
                   {5, "Фамилия", "person_name_character", "знака «=» быть не должно"}});
    check_remarks(result, "warnings",
                  {{2, "Фамилия", "formula", "значение формулы взято как есть"},
                   {3, "Фамилия", "formula_empty", "у формулы нет сохранённого значения"}});
  }
  CHECK(Counts(school) == before);
}

TEST_CASE("after all this the school takes a good file, and no process has grown beyond its bound") {
  auto& school = shared_installation();
  const auto client = school.as("operator");
  const auto bytes = make::workbook_of_rows(header() + row(2, {"5А", "Последнев", "Пётр", "01.02.2015"}));
  CHECK(import_by_http(client, "people.student", bytes).at("applied").as_bool());
  CHECK(client.ids("people.student", "surname = 'Последнев'").size() == 1);

  REQUIRE(school.process() > 0);
  REQUIRE(school.stop() == 0);
  // The largest of all that has run: the server, and the readers that it waited for.
  rusage children{};
  REQUIRE(getrusage(RUSAGE_CHILDREN, &children) == 0);
  CAPTURE(children.ru_maxrss);
  CHECK(children.ru_maxrss < most_of_a_process_kib);
}
