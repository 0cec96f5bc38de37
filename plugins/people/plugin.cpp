// Персоны, сотрудники, ученики, родители: the registries are schemas/people, here are the tables of what the plugin
// does; the rules that no field can carry are in person_rules and membership.
#include <eschool/plugin.hpp>

#include "people/employee_hooks.hpp"
#include "people/employee_routes.hpp"
#include "people/membership_hooks.hpp"
#include "people/person_routes.hpp"
#include "people/person_rules.hpp"
#include "people/t2_routes.hpp"
#include "people/telling.hpp"

namespace eschool::people {

using plugin::Call;
using plugin::Change;
using plugin::Fields;
using plugin::HookOut;
using plugin::Reply;
using plugin::Request;

namespace {

constexpr char person_of_student_sql[] =
    "SELECT p.id AS id, p.birth_date AS birth_date FROM people_student s JOIN people_person p ON p.id = s.person "
    "WHERE s.id = ?";
constexpr char person_of_guardian_sql[] =
    "SELECT p.id AS id, p.birth_date AS birth_date, p.sex AS sex FROM people_guardian g JOIN people_person p "
    "ON p.id = g.person WHERE g.id = ?";

}  // namespace

class People : public plugin::Plugin {
 public:
  void person(Call& call, const Change& change, HookOut& out) {
    if (!any_changed(change, {"sex", "patronymic", "birth_date"})) return;
    const auto after = change.after();
    tell(check_person({text(after, "sex"), text(after, "patronymic"), text(after, "birth_date")}, call.today()), out);
  }

  void employee(Call& call, const Change& change, HookOut& out) { validate_employee(call, change, out); }
  void period(Call& call, const Change& change, HookOut& out) { validate_period(call, change, out); }

  void student(Call& call, const Change& change, HookOut& out) {
    if (!any_changed(change, {"birth_date", "admission_order_date"})) return;
    const auto after = change.after();
    tell(check_student({text(after, "birth_date"), text(after, "admission_order_date")}, call.today()), out);
  }
  void student_to_come(Call& call, const Change& change, HookOut& out) { derive_student(call, change, out); }
  void student_stored(Call& call, const Change& change, HookOut& out) { after_student(call, change, out); }
  void membership(Call& call, const Change& change, HookOut& out) { validate_membership(call, change, out); }
  void membership_stored(Call& call, const Change& change, HookOut& out) { after_membership(call, change, out); }
  void membership_gone(Call& call, const Change& change, HookOut& out) { membership_archived(call, change, out); }
  void subgroup_member(Call& call, const Change& change, HookOut& out) { validate_subgroup_member(call, change, out); }

  void guardianship(Call& call, const Change& change, HookOut& out) {
    if (!any_changed(change, {"student", "guardian", "kinship", "restricted", "restriction_document",
                              "restricted_since", "restricted_until"}))
      return;
    const auto after = change.after();
    BondFacts bond;
    bond.kinship = text(after, "kinship");
    bond.restricted = after["restricted"].integer().value_or(0) != 0;
    bond.restriction_document = text(after, "restriction_document");
    bond.restricted_since = text(after, "restricted_since");
    bond.restricted_until = text(after, "restricted_until");
    call.query().run(
        person_of_student_sql,
        [&](Fields row) {
          bond.student_person = row["id"].integer().value_or(0);
          bond.student_birth_date = text(row, "birth_date");
        },
        after["student"].integer().value_or(0));
    call.query().run(
        person_of_guardian_sql,
        [&](Fields row) {
          bond.guardian_person = row["id"].integer().value_or(0);
          bond.guardian_birth_date = text(row, "birth_date");
          bond.guardian_sex = text(row, "sex");
        },
        after["guardian"].integer().value_or(0));
    tell(check_bond(bond), out);
  }

  void experience(Call& call, const Request& request, Reply& reply) { show_experience(call, request, reply); }
  void remind(Call& call, const Request& request, Reply& reply) { show_reminders(call, request, reply); }
  void duplicates(Call& call, const Request& request, Reply& reply) { show_duplicates(call, request, reply); }
  void charts(Call& call, const Request& request, Reply& reply) { show_charts(call, request, reply); }
  void card_page(Call& call, const Request& request, Reply& reply) { show_t2_page(call, request, reply); }
  void card_style(Call& call, const Request& request, Reply& reply) { show_t2_style(call, request, reply); }
  void card_file(Call& call, const Request& request, Reply& reply) { show_t2_file(call, request, reply); }

  static constexpr auto routes() {
    using plugin::on;
    using plugin::Route;
    return std::array{
        on<&People::experience>(Route{"GET", "/employees/{id}/experience"}),
        on<&People::card_page>(Route{"GET", "/employees/{id}/t2"}),
        on<&People::card_file>(Route{"GET", "/employees/{id}/t2.xlsx"}),
        on<&People::card_style>(Route{"GET", "/t2.css"}),
        on<&People::remind>(Route{"GET", "/reminders"}),
        on<&People::duplicates>(Route{.method = "GET", .path = "/duplicates", .capability = "people.duplicates"}),
        on<&People::charts>(Route{"GET", "/students/{id}/charts"})};
  }

  static constexpr auto hooks() {
    using plugin::Hook;
    using plugin::on;
    using plugin::Phase;
    return std::array{on<&People::person>(Hook{"people.person", Phase::validate}),
                      on<&People::employee>(Hook{"people.employee", Phase::validate}),
                      on<&People::period>(Hook{"people.employment", Phase::validate}),
                      on<&People::period>(Hook{"people.course", Phase::validate}),
                      on<&People::period>(Hook{"people.leave", Phase::validate}),
                      on<&People::period>(Hook{"people.charge", Phase::validate}),
                      on<&People::student>(Hook{"people.student", Phase::validate}),
                      on<&People::student_to_come>(Hook{"people.student", Phase::derive}),
                      on<&People::student_stored>(Hook{"people.student", Phase::after}),
                      on<&People::membership>(Hook{"people.class_membership", Phase::validate}),
                      on<&People::membership_stored>(Hook{"people.class_membership", Phase::after}),
                      on<&People::membership_gone>(Hook{"people.class_membership", Phase::archive}),
                      on<&People::subgroup_member>(Hook{"people.subgroup_member", Phase::validate}),
                      on<&People::guardianship>(Hook{"people.guardianship", Phase::validate})};
  }
};

}  // namespace eschool::people

ESCHOOL_PLUGIN(eschool::people::People, "people", "0.1.0")
