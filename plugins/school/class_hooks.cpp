#include "school/class_hooks.hpp"

#include "school/year_hooks.hpp"
#include "text/class_name.hpp"

namespace eschool::school {

void derive_class(plugin::Call& call, const plugin::Change& change, plugin::HookOut& out) {
  const auto after = change.after();
  // A name that cannot be read is refused by the field's own check.
  if (const auto name = text::normalise_class(after["name"].text())) {
    out.set("grade", name->grade);
    if (name->letter.empty())
      out.set("letter", nullptr);
    else
      out.set("letter", name->letter);
  }
  if (!after["year"].is_null()) return;
  if (const auto year = current_year(call))
    out.set("year", plugin::Value::id(year));
  else
    out.reject("year", "no_current_year", "нет текущего учебного года: заведите его в реестре «Учебные годы»");
}

}  // namespace eschool::school
