/// Reads schema files: schemas/<plugin>/<registry>.json, extensions, relations.json and values/*.json. The format is
/// described in schemas/README.md. What needs more than one file is checked by Catalogue::build.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalogue.hpp"
#include "schema/model.hpp"
#include "schema/values.hpp"

namespace eschool::schema {

struct Loaded {
  std::vector<Registry> registries;
  std::vector<Extension> extensions;
  std::vector<Relation> relations;
  std::vector<ShippedValues> values;
};

/// Whether a `check` of that name exists. An empty function: every name is known.
using KnownCheck = std::function<bool(std::string_view name)>;

/// Reads every *.json of the folder and of its folder values, if there is one, in the order of names. A file with an
/// error is left out and each of its errors appended: unknown keys, wrong types, bad names, JSON syntax, all with line
/// and key path. Never throws for what a file holds; a folder that cannot be read is an error too. Files are named in
/// messages as "schemas/<plugin>/<file>".
Loaded load_folder(const std::filesystem::path& folder, std::string_view plugin, const KnownCheck& known_check,
                   std::vector<LoadError>& errors);

/// The same for one text: a registry, or an extension when it has `adds_to`. `file` is its name for messages.
void load_registry_text(std::string_view text, std::string_view file, std::string_view plugin,
                        const KnownCheck& known_check, Loaded& loaded, std::vector<LoadError>& errors);
/// The same for the text of a relations.json.
void load_relations_text(std::string_view text, std::string_view file, Loaded& loaded, std::vector<LoadError>& errors);

/// The keys that an object of the format may have: {"field", {"id", "name", ...}}. For tests of the documentation.
struct KnownKeys {
  std::string_view object;
  std::vector<std::string_view> keys;
};
std::vector<KnownKeys> known_keys();

}  // namespace eschool::schema
