/// The files that the product ships with: schemas, the description of their format, the JSON Schema for editors.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "build.hpp"
#include "schema/plan.hpp"

using namespace schema_test;
namespace fs = std::filesystem;

namespace {

const fs::path folder = fs::path(ESCHOOL_SOURCE_DIR) / "schemas";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

Catalogue shipped(std::vector<LoadError>& errors) {
  Loaded all;
  std::vector<fs::path> plugins;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) plugins.push_back(entry.path());
  std::sort(plugins.begin(), plugins.end());
  for (const auto& plugin : plugins) {
    Loaded loaded = load_folder(plugin, plugin.filename().string(), {}, errors);
    std::move(loaded.registries.begin(), loaded.registries.end(), std::back_inserter(all.registries));
    std::move(loaded.extensions.begin(), loaded.extensions.end(), std::back_inserter(all.extensions));
    std::move(loaded.relations.begin(), loaded.relations.end(), std::back_inserter(all.relations));
    std::move(loaded.values.begin(), loaded.values.end(), std::back_inserter(all.values));
  }
  auto catalogue =
      Catalogue::build(std::move(all.registries), std::move(all.extensions), std::move(all.relations), errors);
  catalogue.take_values(std::move(all.values), errors);
  return catalogue;
}

}  // namespace

TEST_CASE("the shipped schemas have no errors") {
  std::vector<LoadError> errors;
  const Catalogue catalogue = shipped(errors);
  CHECK(texts(errors) == std::vector<std::string>{});
  CHECK(catalogue.registries().size() >= 10);
}

TEST_CASE("the README names every key") {
  const std::string readme = read(folder / "README.md");
  for (const auto& object : known_keys())
    for (const auto key : object.keys) {
      CAPTURE(std::string(object.object));
      CAPTURE(std::string(key));
      const bool named = readme.find("`" + std::string(key) + "`") != std::string::npos ||
                         (object.object == "value" && readme.find("\"" + std::string(key) + "\"") != std::string::npos);
      CHECK(named);
    }
}

TEST_CASE("the README's examples load") {
  const std::string readme = read(folder / "README.md");
  int examples = 0;
  for (std::size_t at = 0; (at = readme.find("```json\n", at)) != std::string::npos; ++examples) {
    at += 8;
    const std::string text = readme.substr(at, readme.find("```", at) - at);
    Loaded loaded;
    std::vector<LoadError> errors;
    if (text.find("\"on\"") != std::string::npos)
      load_relations_text(text, "relations.json", loaded, errors);
    else
      load_registry_text(text, "README.md", text.find("adds_to") == std::string::npos ? "clubs" : "people", {}, loaded,
                         errors);
    CHECK(texts(errors) == std::vector<std::string>{});
  }
  CHECK(examples == 3);
}

TEST_CASE("registry.meta.json has the keys that the loader knows") {
  const auto meta = boost::json::parse(read(folder / "registry.meta.json"));
  const auto& definitions = meta.at("$defs").as_object();
  for (const auto& object : known_keys()) {
    std::vector<std::string> described, known(object.keys.begin(), object.keys.end());
    for (const auto& [key, value] : definitions.at(object.object).at("properties").as_object())
      described.emplace_back(key);
    CHECK_FALSE(definitions.at(object.object).at("additionalProperties").as_bool());
    std::sort(described.begin(), described.end());
    std::sort(known.begin(), known.end());
    CHECK(described == known);
  }
}

TEST_CASE("the plan of the shipped schemas is settled by running it") {
  std::vector<LoadError> errors;
  const Catalogue catalogue = shipped(errors);
  Snapshot snapshot;
  for (const auto& change : plan(snapshot, catalogue, {}).automatic) apply(snapshot, change);
  CHECK(plan(snapshot, catalogue, {}).up_to_date());
}
