#include "kernel/registry/child_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/http/etag.hpp"

namespace eschool::registry {

std::string ChildRows::state() const {
  auto sorted = rows;  // a list in another order is the same list
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const auto& [id, version] : sorted) text += fmt::format("{}:{} ", id, version);
  return fmt::format("{:016x}", http::content_hash(text));
}

std::string ChildRows::json() const {
  return fmt::format("{{\"shown\":{},\"whole\":{},\"state\":\"{}\"}}", rows.size(), whole, state());
}

}  // namespace eschool::registry
