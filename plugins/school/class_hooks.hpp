/// What the server does around a record of school.class: grade and letter by its name, and the school year.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::school {

/// [write]
void derive_class(plugin::Call&, const plugin::Change&, plugin::HookOut&);

}  // namespace eschool::school
