// Учреждение, корпуса, аудитории, учебные годы, классы: the registries are schemas/school, here is what they do.
#include <eschool/plugin.hpp>

#include "school/class_hooks.hpp"
#include "school/year_hooks.hpp"

namespace eschool::school {

using plugin::Call;
using plugin::Change;
using plugin::HookOut;

class School : public plugin::Plugin {
 public:
  void year_to_come(Call& call, const Change& change, HookOut& out) { derive_year(call, change, out); }
  void year_checked(Call& call, const Change& change, HookOut& out) { validate_year(call, change, out); }
  void year_stored(Call& call, const Change& change, HookOut& out) { after_year(call, change, out); }
  void class_to_come(Call& call, const Change& change, HookOut& out) { derive_class(call, change, out); }

  static constexpr auto hooks() {
    using plugin::Hook;
    using plugin::on;
    using plugin::Phase;
    return std::array{on<&School::year_to_come>(Hook{"school.year", Phase::derive}),
                      on<&School::year_checked>(Hook{"school.year", Phase::validate}),
                      on<&School::year_stored>(Hook{"school.year", Phase::after}),
                      on<&School::class_to_come>(Hook{"school.class", Phase::derive})};
  }
};

}  // namespace eschool::school

ESCHOOL_PLUGIN(eschool::school::School, "school", "0.1.0")
