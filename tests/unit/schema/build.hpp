/// Small catalogues for the tests, written as the schema files are.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "schema/catalogue.hpp"
#include "schema/loader.hpp"

namespace schema_test {

using namespace eschool::schema;

struct File {
  std::string name;  ///< "people/student.json"
  std::string text;
};

inline Loaded load(const std::vector<File>& files, std::vector<LoadError>& errors) {
  Loaded loaded;
  for (const auto& file : files) {
    const std::string path = "schemas/" + file.name, plugin = file.name.substr(0, file.name.find('/'));
    if (file.name.ends_with("/relations.json"))
      load_relations_text(file.text, path, loaded, errors);
    else
      load_registry_text(
          file.text, path, plugin, [](auto name) { return name == "snils"; }, loaded, errors);
  }
  return loaded;
}

inline Catalogue build(const std::vector<File>& files, std::vector<LoadError>& errors) {
  Loaded loaded = load(files, errors);
  return Catalogue::build(std::move(loaded.registries), std::move(loaded.extensions), std::move(loaded.relations),
                          errors);
}

inline std::vector<std::string> texts(const std::vector<LoadError>& errors) {
  std::vector<std::string> all;
  for (const auto& error : errors) all.push_back(error.text());
  return all;
}

inline std::vector<std::string> ids(const Catalogue& catalogue) {
  std::vector<std::string> all;
  for (const auto& registry : catalogue.registries()) all.push_back(registry->id);
  return all;
}

/// A registry file of the given fields; `more` are further keys, ending in a comma.
inline File registry(const std::string& id, const std::string& fields, const std::string& more = "") {
  std::string name = id;
  name[name.find('.')] = '/';
  return {name + ".json", "{\"id\": \"" + id + "\", \"label\": \"Реестр\", \"display\": \"x\", " + more +
                              "\n\"fields\": [" + fields + "]}"};
}

inline std::string field(const std::string& id, const std::string& name, const std::string& type,
                         const std::string& more = "") {
  return "{\"id\": \"" + id + "\", \"name\": \"" + name + "\", \"type\": \"" + type + "\", \"label\": \"Поле\"" +
         (more.empty() ? "" : ", " + more) + "}";
}

}  // namespace schema_test

namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& list) {
    std::string text = "[";
    for (const auto& item : list) text += "\n    " + item;
    return (text + "]").c_str();
  }
};
}  // namespace doctest
