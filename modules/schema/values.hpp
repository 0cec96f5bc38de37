/// Values that a plugin ships for its dictionaries: posts, kinds of assets, holidays. schemas/<plugin>/values/*.json;
/// the format is described in schemas/README.md. Who gives them to a school is kernel/school/shipped_values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model.hpp"

namespace eschool::schema {

struct LoadError;
struct Loaded;

/// One record that is shipped. Its id is stable and unlike those of all values of the registry: by it a school's
/// database knows what it has been given already.
struct ShippedValue {
  std::string id;
  std::map<std::string, std::string, std::less<>> fields;  ///< field name to its value as JSON text, never null;
                                                           ///< of a reference: the id of a value of the target
  std::string key;                                         ///< key path in the file: "values[3]"
  int line = 0;
};

/// What one file ships for one registry.
struct ShippedValues {
  std::string registry;
  std::string plugin;  ///< that ships them; the registry may be another plugin's
  std::string file;    ///< for messages
  Lines lines;         ///< of the file; empty in a catalogue
  std::vector<ShippedValue> values;
};

/// Reads the text of a values file. An error leaves the file out and is appended with line and key path. What needs
/// the registry is checked by Catalogue::take_values.
void load_values_text(std::string_view text, std::string_view file, std::string_view plugin, Loaded&,
                      std::vector<LoadError>&);

}  // namespace eschool::schema
