/// From a record of the server to the pure rules, and from their remarks back.
#pragma once

#include <eschool/plugin.hpp>
#include <initializer_list>
#include <string>

#include "people/person_rules.hpp"

namespace eschool::people {

inline std::string text(const plugin::Fields& record, std::string_view name) {
  return std::string(record[name].text());
}

/// Objections refuse the record at their field, doubts are told.
inline void tell(const Remarks& remarks, plugin::HookOut& out) {
  for (const auto& remark : remarks)
    if (remark.kind == Remark::Kind::objection)
      out.reject(remark.field, remark.code, remark.message);
    else
      out.warn(remark.message);
}

inline bool any_changed(const plugin::Change& change, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (change.changed(name)) return true;
  return false;
}

}  // namespace eschool::people
