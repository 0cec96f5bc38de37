/// Values of fields: from JSON and from text to what is stored, with the checks that need no database.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/http/problem.hpp"
#include "kernel/storage/session.hpp"
#include "schema/model.hpp"

namespace eschool::registry {

/// A value ready to be stored, or what is wrong with it.
struct Checked {
  storage::Value value;
  std::string code;     ///< "" when the value is good
  std::string message;  ///< Russian, without the field's name
  std::vector<std::string> warnings;
  bool ok() const { return code.empty(); }
};

/// From an API body. null and "" become NULL. The value is normalised by the field's check.
Checked from_json(const schema::Field&, const boost::json::value&);
/// From a cell of a table: dates also as dd.mm.yyyy, enumerations also by label and alias, "да"/"нет".
Checked from_text(const schema::Field&, std::string_view);
/// From a stored-type value that code gives (a plugin, a default).
Checked from_value(const schema::Field&, const storage::Value&);

/// The value of `<field>_key` and `<field>_sort` for a text field's value.
storage::Value key_of(const storage::Value&);
storage::Value sort_of(const storage::Value&);

bool is_null(const storage::Value&);
/// The field's value in the row's column.
storage::Value stored_value(const schema::Field&, const storage::Statement& row, int column);
/// Appends the value as JSON in the form of the API (references as their number).
void append_json(std::string& out, const schema::Field&, const storage::Value&);

}  // namespace eschool::registry
