/// Reads values of one schema file and collects what is wrong with them. Internal to the loader.
#pragma once

#include <boost/json/value.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/catalogue.hpp"
#include "schema/json_scan.hpp"
#include "schema/loader.hpp"

namespace eschool::schema {

/// A JSON value and where it stands.
struct Json {
  const boost::json::value& value;
  std::string key;  ///< key path

  bool has(std::string_view name) const { return value.is_object() && value.get_object().contains(name); }
};

class Reader {
 public:
  Reader(std::string_view file, std::string_view plugin, const KnownCheck& known_check, std::vector<LoadError>& errors)
      : file_(file), plugin_(plugin), known_check_(known_check), errors_(errors) {}

  /// Parses a text. False when it is no JSON; the errors are noted.
  bool parse(std::string_view text, boost::json::value& root);

  /// Notes an error at the key path; where the file does not have it, at the line of what it would be in.
  void error(std::string_view key, std::string message);
  bool failed() const { return failed_; }
  int line(std::string_view key) const { return line_of(lines_, key); }

  // Each gives whether the value was as it should; if not, an error is noted and `into` is untouched.
  bool read(const Json&, std::string& into);  ///< not empty
  bool read(const Json&, bool& into);
  bool read(const Json&, int& into);
  bool read(const Json&, double& into);
  bool read(const Json&, std::vector<std::string>& into);               ///< list of strings, not empty, no repeats
  bool read(const Json&, std::vector<std::vector<std::string>>& into);  ///< list of such lists
  /// Calls `each` for the items of a list.
  template <typename Each>
  bool items(const Json& json, Each each) {
    if (!json.value.is_array()) return error(json.key, "ожидался список [...]"), false;
    std::size_t index = 0;
    for (const auto& item : json.value.get_array()) each(Json{item, item_in(json.key, index++)});
    return true;
  }

  const std::string& file() const { return file_; }
  const std::string& plugin() const { return plugin_; }
  bool knows_check(std::string_view name) const { return !known_check_ || known_check_(name); }
  Lines take_lines() { return std::move(lines_); }

 private:
  std::string file_, plugin_;
  const KnownCheck& known_check_;
  std::vector<LoadError>& errors_;
  Lines lines_;
  bool failed_ = false;
};

/// A key of an object of type T and how it is read.
template <typename T>
struct Key {
  std::string_view name;
  void (*read)(Reader&, const Json&, T&);
};

/// Reads a member as it is: `member<&Field::label>`.
template <auto Member, typename T>
void member(Reader& reader, const Json& json, T& into) {
  reader.read(json, into.*Member);
}

template <typename T>
bool read_object(Reader& reader, const Json& json, std::span<const Key<T>> keys, T& into) {
  if (!json.value.is_object()) return reader.error(json.key, "ожидался объект {...}"), false;
  for (const auto& [name, value] : json.value.get_object()) {
    const std::string_view given(name.data(), name.size());
    const Json inside{value, key_in(json.key, given)};
    const Key<T>* known = nullptr;
    for (const auto& key : keys)
      if (key.name == given) known = &key;
    if (known) {
      known->read(reader, inside, into);
      continue;
    }
    std::string message = "неизвестный ключ; здесь бывают:";
    for (const auto& key : keys) message.append(" ").append(key.name);
    reader.error(inside.key, std::move(message));
  }
  return true;
}

template <typename T>
KnownKeys names_of(std::string_view object, std::span<const Key<T>> keys) {
  KnownKeys known{object, {}};
  for (const auto& key : keys) known.keys.push_back(key.name);
  return known;
}

// The parts of a file, each in its own source.
void read_fields(Reader&, const Json& list, std::vector<Field>& into);  // field_keys.cpp
void read_views(Reader&, const Json& object, Views& into);              // view_keys.cpp
void read_extension_views(Reader&, const Json& object, Views& into);    // view_keys.cpp
void append_field_keys(std::vector<KnownKeys>&);
void append_view_keys(std::vector<KnownKeys>&);
void append_shipped_keys(std::vector<KnownKeys>&);

}  // namespace eschool::schema
