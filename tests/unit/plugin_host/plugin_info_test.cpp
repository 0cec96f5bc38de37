#include "kernel/plugin_host/plugin_info.hpp"

#include <doctest/doctest.h>

using namespace eschool::plugin_host;

namespace {

const std::string head = "id journal\nversion \"0.2.0\"\nabi \"1.0\"\nlabel \"Журнал\"\n";

std::string fault(const std::string& text) {
  try {
    parse_plugin_info(text, "plugin.info");
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}
bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("plugin.info is read whole") {
  const auto info =
      parse_plugin_info(head +
                            "description \"Отметки\"\nrequired true\nrequires {\n  school \"0.1\"\n  people\n}\n"
                            "capabilities {\n  journal.marks \"Ставить отметки\"\n}\n",
                        "plugin.info");
  CHECK(info.id == "journal");
  CHECK(info.version == "0.2.0");
  CHECK(info.abi_major == 1);
  CHECK(info.abi_minor == 0);
  CHECK(info.label == "Журнал");
  CHECK(info.description == "Отметки");
  CHECK(info.required);
  CHECK(info.requires_plugins == std::vector<std::string>{"school", "people"});
  CHECK(info.least_versions == std::map<std::string, std::string>{{"school", "0.1"}});
  CHECK(info.capabilities.at("journal.marks") == "Ставить отметки");
}

TEST_CASE("pages of plugin.info") {
  const auto info = parse_plugin_info(head +
                                          "pages {\n  board { element es-journal-board label \"Доска\" place menu }\n"
                                          "  part { element es-journal-part label \"Оценки\" place "
                                          "\"card:people.student\" capability journal.marks }\n}\n",
                                      "plugin.info");
  REQUIRE(info.pages.size() == 2);
  CHECK(info.pages[0].name == "board");
  CHECK(info.pages[0].place == "menu");
  CHECK(info.pages[0].capability.empty());
  CHECK(info.pages[1].element == "es-journal-part");
  CHECK(info.pages[1].label == "Оценки");
  CHECK(info.pages[1].place == "card:people.student");
  CHECK(info.pages[1].capability == "journal.marks");
}

TEST_CASE("each fault of plugin.info names the file and the key") {
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {head + "colour red\n", "plugin.info: неизвестный ключ colour"},
           {head + "id again\n", "ключ id стоит дважды"},
           {head + "required maybe\n", "нужно true или false"},
           {head + "requires school\n", "ключ requires: нужен перечень"},
           {head + "requires {\n school \"x\"\n}\n", "версия «x» модуля «school»"},
           {head + "requires {\n school\n school\n}\n", "назван дважды"},
           {head + "capabilities {\n journal.marks\n}\n", "нет русского названия"},
           {head + "pages {\n a { element es-other-a label A place menu }\n}\n", "element начинается с es-journal-"},
           {head + "pages {\n a { element es-journal-A label A place menu }\n}\n", "element начинается с es-journal-"},
           {head + "pages {\n a { element es-journal-a place menu }\n}\n", "нет label"},
           {head + "pages {\n a { element es-journal-a label A place top }\n}\n", "place — menu"},
           {head + "pages {\n a { element es-journal-a label A place menu colour red }\n}\n",
            "неизвестный ключ colour"},
           {head + "#include \"/etc/passwd\"\n", "строка 5: команды"},
           {head + " \v\f\r#include \"/etc/passwd\"\n", "строка 5: команды"},
           {head + "requires {\n", "plugin.info:"},
           {"version \"1\"\nabi \"1.0\"\nlabel \"Ж\"\n", "ключ id"},
           {"id Journal\nversion \"1\"\nabi \"1.0\"\nlabel \"Ж\"\n", "ключ id"},
           {"id journal\nabi \"1.0\"\nlabel \"Ж\"\n", "ключ version"},
           {"id journal\nversion \"1\"\nlabel \"Ж\"\n", "нет ключа abi"},
           {"id journal\nversion \"1\"\nabi \"one\"\nlabel \"Ж\"\n", "ключ abi: «one»"},
           {"id journal\nversion \"1\"\nabi \"1.0\"\n", "нет ключа label"},
       }) {
    CAPTURE(text);
    CAPTURE(fault(text));
    CHECK(contains(fault(text), part));
  }
}

TEST_CASE("versions are compared as numbers") {
  CHECK(not_older("0.10", "0.9"));
  CHECK(not_older("0.1.0", "0.1"));
  CHECK(not_older("0.1", "0.1.0"));
  CHECK(not_older("1.0", "0.9.9"));
  CHECK_FALSE(not_older("0.9", "0.10"));
  CHECK_FALSE(not_older("0.1", "0.1.1"));
}
