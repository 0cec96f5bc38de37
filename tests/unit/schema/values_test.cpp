// Values that plugins ship: what the files may hold, told with file, line and key.
#include "schema/values.hpp"

#include "build.hpp"

using namespace schema_test;
using Texts = std::vector<std::string>;

namespace {

const std::vector<File> registries{
    registry("p.level", field("f1", "name", "text", "\"required\": true")),
    registry("p.award", field("f1", "name", "text", "\"required\": true") + ",\n" +
                            field("f2", "level", "ref", "\"target\": \"p.level\"") + "," + field("f3", "rank", "int") +
                            "," + field("f4", "made", "text", "\"readonly\": true") + "," +
                            field("f5", "kind", "enum", R"("values": [{"id": "a", "label": "А"}])") + "," +
                            field("f6", "scan", "file")),
    registry("p.own", field("f1", "name", "text"), "\"singleton\": true,")};

Catalogue with_values(const std::vector<File>& files, std::vector<LoadError>& errors) {
  Catalogue catalogue = build(registries, errors);
  Loaded loaded;
  for (const auto& file : files) load_values_text(file.text, "schemas/" + file.name, "p", loaded, errors);
  catalogue.take_values(std::move(loaded.values), errors);
  return catalogue;
}

Texts refused(const std::string& text) {
  std::vector<LoadError> errors;
  with_values({{"p/values/award.json", text}}, errors);
  return texts(errors);
}

}  // namespace

TEST_CASE("values come with their fields, those that others name first") {
  std::vector<LoadError> errors;
  const auto catalogue = with_values(
      {{"p/values/award.json",
        R"({"registry": "p.award", "values": [{"id": "thanks", "name": "Благодарность", "level": "school", "rank": 2}]})"},
       {"p/values/level.json", R"({"registry": "p.level", "values": [{"id": "school", "name": "школьный"}]})"}},
      errors);
  CHECK(texts(errors) == Texts{});
  REQUIRE(catalogue.values().size() == 2);
  CHECK(catalogue.values()[0].registry == "p.level");
  CHECK(catalogue.values()[1].registry == "p.award");
  REQUIRE(catalogue.values()[1].values.size() == 1);
  const auto& value = catalogue.values()[1].values[0];
  CHECK(value.id == "thanks");
  CHECK(value.line == 1);
  CHECK(value.fields.at("rank") == "2");
  CHECK(value.fields.at("level") == "\"school\"");
}

TEST_CASE("a file that is not of the format is left out, with the line") {
  CHECK(refused("{\n\"registry\": \"p.award\",\n\"value\": []}") ==
        Texts{"schemas/p/values/award.json:3: value: неизвестный ключ; здесь бывают: $schema registry values",
              "schemas/p/values/award.json:1: файлу значений нужен ключ values"});
  CHECK(refused("{\"registry\": \"p.award\", \"values\": [\n{\"name\": \"x\"}]}") ==
        Texts{"schemas/p/values/award.json:2: values[0]: значению нужен ключ id"});
  CHECK(refused("{\"registry\": \"p.award\", \"values\": [\n{\"id\": \"Я\", \"name\": null}]}") ==
        Texts{"schemas/p/values/award.json:2: values[0].id: id значения: латинские строчные буквы, цифры, _ и -, не "
              "больше 40 знаков",
              "schemas/p/values/award.json:2: values[0].name: ожидалась строка, число, true или false; пустое поле "
              "просто не пишут"});
}

TEST_CASE("a value that its registry would not take is left out alone") {
  std::vector<LoadError> errors;
  const auto catalogue = with_values({{"p/values/award.json", R"({"registry": "p.award", "values": [
{"id": "a", "name": "А"},
{"id": "a", "name": "Б"},
{"id": "c"},
{"id": "d", "name": "Д", "colour": "red"},
{"id": "e", "name": 5},
{"id": "f", "name": "Е", "rank": "2"},
{"id": "g", "name": "Ж", "made": "x"},
{"id": "h", "name": "З", "kind": "b"},
{"id": "i", "name": "И", "level": "nowhere"},
{"id": "j", "name": "К", "scan": "x"},
{"id": "k", "name": "Л"}]})"}},
                                     errors);
  CHECK(texts(errors) ==
        Texts{"schemas/p/values/award.json:3: values[1].id: значение «a» реестра p.award указано дважды",
              "schemas/p/values/award.json:4: values[2]: нет обязательного поля name",
              "schemas/p/values/award.json:5: values[3].colour: в реестре p.award нет поля colour",
              "schemas/p/values/award.json:6: values[4].name: ожидалось: непустая строка",
              "schemas/p/values/award.json:7: values[5].rank: ожидалось: целое число",
              "schemas/p/values/award.json:8: values[6].made: поле made заполняет программа",
              "schemas/p/values/award.json:9: values[7].kind: ожидалось: id одного из values поля",
              "schemas/p/values/award.json:10: values[8].level: для реестра p.level не поставляется значение "
              "«nowhere», или оно стоит дальше",
              "schemas/p/values/award.json:11: values[9].scan: поля этого типа не поставляются"});
  REQUIRE(catalogue.values().size() == 1);
  REQUIRE(catalogue.values()[0].values.size() == 2);
  CHECK(catalogue.values()[0].values[1].id == "k");
}

TEST_CASE("no values for what is not there, and none for a singleton") {
  CHECK(refused("{\"registry\": \"p.none\",\n\"values\": []}") ==
        Texts{"schemas/p/values/award.json:1: registry: нет реестра p.none"});
  CHECK(refused("{\"registry\": \"p.own\", \"values\": []}") ==
        Texts{"schemas/p/values/award.json:1: registry: для реестра p.own значения не поставляются: он сам — одна "
              "запись или роль человека"});
}
