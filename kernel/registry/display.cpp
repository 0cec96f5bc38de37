#include "kernel/registry/display.hpp"

namespace eschool::registry {

std::vector<DisplayPart> parse_display(std::string_view text) {
  std::vector<DisplayPart> parts;
  DisplayPart part;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      part.literal += text[i++];
      continue;
    }
    part.field = text.substr(i + 1, end - i - 1);
    parts.push_back(std::move(part));
    part = {};
    i = end + 1;
  }
  if (!part.literal.empty()) parts.push_back(std::move(part));
  return parts;
}

void write_display(std::string& out, const std::vector<DisplayPart>& parts,
                   const std::function<std::string_view(std::size_t)>& value) {
  const auto start = out.size();
  bool written = true;  // the field before
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].field.empty()) {
      if (written) out += parts[i].literal;
      continue;
    }
    const auto text = value(i);
    written = !text.empty();
    if (!written) continue;
    if (out.size() > start || i == 0) out += parts[i].literal;
    out += text;
  }
}

}  // namespace eschool::registry
