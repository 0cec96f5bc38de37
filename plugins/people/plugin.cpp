// Персоны, сотрудники, ученики, родители: the registries are schemas/people, here are the rules that no field can
// carry.
#include <eschool/plugin.hpp>

#include "people/person_rules.hpp"

namespace eschool::people {

using plugin::Call;
using plugin::Change;
using plugin::Fields;
using plugin::HookOut;

namespace {

std::string text(const Fields& record, std::string_view name) { return std::string(record[name].text()); }

void tell(const Remarks& remarks, HookOut& out) {
  for (const auto& remark : remarks)
    if (remark.kind == Remark::Kind::objection)
      out.reject(remark.field, remark.code, remark.message);
    else
      out.warn(remark.message);
}

bool any_changed(const Change& change, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (change.changed(name)) return true;
  return false;
}

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

  void employee(Call& call, const Change& change, HookOut& out) {
    if (!any_changed(change, {"birth_date", "hired_on", "teaching_since", "category", "category_date"})) return;
    const auto after = change.after();
    tell(check_employee({text(after, "birth_date"), text(after, "hired_on"), text(after, "teaching_since"),
                         text(after, "category"), text(after, "category_date")},
                        call.today()),
         out);
  }

  void student(Call& call, const Change& change, HookOut& out) {
    if (!any_changed(change, {"birth_date", "admission_order_date"})) return;
    const auto after = change.after();
    tell(check_student({text(after, "birth_date"), text(after, "admission_order_date")}, call.today()), out);
  }

  void guardianship(Call& call, const Change& change, HookOut& out) {
    if (!any_changed(change, {"student", "guardian", "kinship"})) return;
    const auto after = change.after();
    BondFacts bond;
    bond.kinship = text(after, "kinship");
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

  static constexpr auto hooks() {
    using plugin::Hook;
    using plugin::on;
    using plugin::Phase;
    return std::array{on<&People::person>(Hook{"people.person", Phase::validate}),
                      on<&People::employee>(Hook{"people.employee", Phase::validate}),
                      on<&People::student>(Hook{"people.student", Phase::validate}),
                      on<&People::guardianship>(Hook{"people.guardianship", Phase::validate})};
  }
};

}  // namespace eschool::people

ESCHOOL_PLUGIN(eschool::people::People, "people", "0.1.0")
