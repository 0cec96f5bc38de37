/// What the server does around what the school owns.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::school {

/// The building is that of the room. [write]
void derive_asset(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// Nothing is written off before it came, and act and date mean that it is written off. [write]
void validate_asset(plugin::Call&, const plugin::Change&, plugin::HookOut&);

}  // namespace eschool::school
