/// Display templates: "{surname} {given_name}" taken apart once, filled from columns of the statement at hand.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::registry {

struct DisplayPart {
  std::string literal;  ///< text before the field
  std::string field;    ///< "" for a trailing literal
};

std::vector<DisplayPart> parse_display(std::string_view text);

/// Writes the parts. A field without a value takes the literal before it along, and the last one also that behind it:
/// "{name} ({place})" without a place is the name alone.
void write_display(std::string& out, const std::vector<DisplayPart>&,
                   const std::function<std::string_view(std::size_t part)>& value);

}  // namespace eschool::registry
