// Учреждение, корпуса, аудитории, учебные годы, классы: the registries are schemas/school, here is what they do.
#include <eschool/plugin.hpp>

#include "school/asset_hooks.hpp"
#include "school/calendar_hooks.hpp"
#include "school/class_hooks.hpp"
#include "school/institution_hooks.hpp"
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
  void institution_to_come(Call& call, const Change& change, HookOut& out) { derive_institution(call, change, out); }
  void institution_stored(Call& call, const Change& change, HookOut& out) { after_institution(call, change, out); }
  void permit_to_come(Call& call, const Change& change, HookOut& out) { derive_permit(call, change, out); }
  void permit_checked(Call& call, const Change& change, HookOut& out) { validate_permit(call, change, out); }
  void permit_stored(Call& call, const Change& change, HookOut& out) { after_permit(call, change, out); }
  void plan_to_come(Call& call, const Change& change, HookOut& out) { derive_in_year(call, change, out); }
  void plan_checked(Call& call, const Change& change, HookOut& out) { validate_plan(call, change, out); }
  void period_to_come(Call& call, const Change& change, HookOut& out) { derive_period(call, change, out); }
  void period_checked(Call& call, const Change& change, HookOut& out) { validate_period(call, change, out); }
  void vacation_to_come(Call& call, const Change& change, HookOut& out) { derive_in_year(call, change, out); }
  void vacation_checked(Call& call, const Change& change, HookOut& out) { validate_vacation(call, change, out); }
  void day_off_checked(Call& call, const Change& change, HookOut& out) { validate_day_off(call, change, out); }
  void week_to_come(Call& call, const Change& change, HookOut& out) { derive_in_year(call, change, out); }
  void week_checked(Call& call, const Change& change, HookOut& out) { validate_work_week(call, change, out); }
  void shift_to_come(Call& call, const Change& change, HookOut& out) { derive_shift(call, change, out); }
  void bell_checked(Call& call, const Change& change, HookOut& out) { validate_bell(call, change, out); }
  void asset_to_come(Call& call, const Change& change, HookOut& out) { derive_asset(call, change, out); }
  void asset_checked(Call& call, const Change& change, HookOut& out) { validate_asset(call, change, out); }

  static constexpr auto hooks() {
    using plugin::Hook;
    using plugin::on;
    using plugin::Phase;
    return std::array{on<&School::year_to_come>(Hook{"school.year", Phase::derive}),
                      on<&School::year_checked>(Hook{"school.year", Phase::validate}),
                      on<&School::year_stored>(Hook{"school.year", Phase::after}),
                      on<&School::class_to_come>(Hook{"school.class", Phase::derive}),
                      on<&School::institution_to_come>(Hook{"school.institution", Phase::derive}),
                      on<&School::institution_stored>(Hook{"school.institution", Phase::after}),
                      on<&School::permit_to_come>(Hook{"school.permit", Phase::derive}),
                      on<&School::permit_checked>(Hook{"school.permit", Phase::validate}),
                      on<&School::permit_stored>(Hook{"school.permit", Phase::after}),
                      on<&School::plan_to_come>(Hook{"school.period_plan", Phase::derive}),
                      on<&School::plan_checked>(Hook{"school.period_plan", Phase::validate}),
                      on<&School::period_to_come>(Hook{"school.period", Phase::derive}),
                      on<&School::period_checked>(Hook{"school.period", Phase::validate}),
                      on<&School::vacation_to_come>(Hook{"school.vacation", Phase::derive}),
                      on<&School::vacation_checked>(Hook{"school.vacation", Phase::validate}),
                      on<&School::day_off_checked>(Hook{"school.day_off", Phase::validate}),
                      on<&School::week_to_come>(Hook{"school.work_week", Phase::derive}),
                      on<&School::week_checked>(Hook{"school.work_week", Phase::validate}),
                      on<&School::shift_to_come>(Hook{"school.shift", Phase::derive}),
                      on<&School::bell_checked>(Hook{"school.bell", Phase::validate}),
                      on<&School::asset_to_come>(Hook{"school.asset", Phase::derive}),
                      on<&School::asset_checked>(Hook{"school.asset", Phase::validate})};
  }
};

}  // namespace eschool::school

ESCHOOL_PLUGIN(eschool::school::School, "school", "0.1.0")
