#include "people/employee_hooks.hpp"

#include "people/telling.hpp"

namespace eschool::people {
namespace {

using plugin::Call;
using plugin::Change;
using plugin::Fields;
using plugin::HookOut;

constexpr char led_classes_sql[] =
    "SELECT c.name AS name FROM school_class c JOIN school_year y ON y.id = c.year WHERE c.homeroom_teacher = ? "
    "AND c.archived = 0 AND y.current = 1 ORDER BY c.grade, c.letter";

/// The class teacher is named in the card of the class; a class without one has nobody who sees its pupils.
void refuse_while_leading(Call& call, std::int64_t employee, HookOut& out) {
  std::string classes;
  call.query().run(
      led_classes_sql, [&](Fields row) { classes += (classes.empty() ? "" : ", ") + text(row, "name"); }, employee);
  if (!classes.empty())
    out.reject("dismissed_on", "homeroom_teacher",
               "сотрудник — классный руководитель: назначьте другого в классах " + classes);
}

}  // namespace

void validate_employee(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  if (any_changed(change, {"birth_date", "hired_on", "teaching_since", "category", "category_date", "dismissed_on"}))
    tell(check_employee({text(after, "birth_date"), text(after, "hired_on"), text(after, "teaching_since"),
                         text(after, "category"), text(after, "category_date"), text(after, "dismissed_on")},
                        call.today()),
         out);
  if (after["dismissed_on"].is_null() || !change.changed("dismissed_on")) return;
  if (after["dismissal_order_no"].is_null()) out.warn("не указан приказ об увольнении");
  if (!change.creating()) refuse_while_leading(call, change.id(), out);
}

void validate_period(Call&, const Change& change, HookOut& out) {
  const auto after = change.after();
  const bool dated = after.has("starts_on");  // people.charge counts from `since`
  const auto from = after[dated ? "starts_on" : "since"].text();
  const auto to = after[dated ? "ends_on" : "until"].text();
  if (!from.empty() && !to.empty() && to < from)
    out.reject(dated ? "ends_on" : "until", "ends_before", "окончание раньше начала");
}

}  // namespace eschool::people
