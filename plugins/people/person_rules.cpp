#include "people/person_rules.hpp"

#include <charconv>

#include "text/dates.hpp"
#include "text/names.hpp"

namespace eschool::people {
namespace {

constexpr std::string_view earliest_birth = "1900-01-01";
constexpr int least_age_of_employment = 14;
constexpr int least_age_of_pupil = 5;
constexpr int greatest_age_of_pupil = 25;
constexpr int least_age_of_parent = 12;

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// Full years from one ISO date to another. Nothing when one of them is not known.
std::optional<int> full_years(std::string_view from, std::string_view to) {
  if (!text::is_iso_date(from) || !text::is_iso_date(to)) return {};
  const int years = number(to.substr(0, 4)) - number(from.substr(0, 4));
  return to.substr(5) < from.substr(5) ? years - 1 : years;
}

bool later(std::string_view date, std::string_view than) { return !date.empty() && !than.empty() && date > than; }

void object(Remarks& remarks, std::string field, std::string code, std::string message) {
  remarks.push_back({Remark::Kind::objection, std::move(field), std::move(code), std::move(message)});
}
void doubt(Remarks& remarks, std::string field, std::string code, std::string message) {
  remarks.push_back({Remark::Kind::doubt, std::move(field), std::move(code), std::move(message)});
}

/// What the kinship says of the guardian's sex: "male", "female" or empty.
std::string_view sex_of(std::string_view kinship) {
  for (const auto name : {"mother", "stepmother", "grandmother", "sister", "aunt"})
    if (kinship == name) return "female";
  for (const auto name : {"father", "stepfather", "grandfather", "brother", "uncle"})
    if (kinship == name) return "male";
  return {};
}

}  // namespace

Remarks check_person(const PersonFacts& person, std::string_view today) {
  Remarks remarks;
  if (later(person.birth_date, today))
    object(remarks, "birth_date", "birth_date_future", "дата рождения позже сегодняшнего дня");
  else if (later(earliest_birth, person.birth_date))
    object(remarks, "birth_date", "birth_date_early", "дата рождения раньше 1900 года");
  const auto expected = text::sex_by_patronymic(person.patronymic);
  if (expected && !person.sex.empty() && person.sex != (*expected == text::Sex::male ? "male" : "female"))
    doubt(remarks, "sex", "sex_patronymic", "пол не согласуется с отчеством «" + person.patronymic + "»");
  return remarks;
}

Remarks check_employee(const EmployeeFacts& employee, std::string_view today) {
  Remarks remarks;
  const auto after_birth = [&](const std::string& date, const char* field, const char* what) {
    const auto age = full_years(employee.birth_date, date);
    if (age && *age < least_age_of_employment)
      object(remarks, field, "too_young", std::string(what) + " раньше, чем сотруднику исполнилось 14 лет");
    else if (later(date, today))
      doubt(remarks, field, "date_future", std::string(what) + " позже сегодняшнего дня");
  };
  after_birth(employee.hired_on, "hired_on", "дата приёма");
  after_birth(employee.teaching_since, "teaching_since", "начало педагогического стажа");
  after_birth(employee.category_date, "category_date", "дата присвоения категории");
  if (later(employee.hired_on, employee.dismissed_on))
    object(remarks, "dismissed_on", "before_hired", "дата увольнения раньше даты приёма");
  if (!employee.category_date.empty() && (employee.category.empty() || employee.category == "none"))
    doubt(remarks, "category_date", "date_without_category",
          "указана дата присвоения категории, а самой категории нет");
  return remarks;
}

Remarks check_student(const StudentFacts& student, std::string_view today) {
  Remarks remarks;
  if (later(student.birth_date, student.admission_order_date))
    object(remarks, "admission_order_date", "before_birth", "дата приказа о зачислении раньше даты рождения");
  const auto age = full_years(student.birth_date, today);
  if (age && *age >= 0 && (*age < least_age_of_pupil || *age > greatest_age_of_pupil))
    doubt(remarks, "birth_date", "pupil_age",
          "по дате рождения ученику " + std::to_string(*age) + " (полных лет): проверьте год");
  return remarks;
}

Remarks check_bond(const BondFacts& bond) {
  Remarks remarks;
  if (bond.student_person != 0 && bond.student_person == bond.guardian_person)
    object(remarks, "guardian", "own_guardian", "человек не может быть родителем самому себе");
  const bool told = !bond.restriction_document.empty() || !bond.restricted_since.empty();
  if (told && !bond.restricted)
    object(remarks, "restricted", "restriction_mark",
           "указан документ или день ограничения прав: поставьте и отметку «Ограничен в правах», иначе сведения о "
           "ребёнке открыты");
  if (later(bond.restricted_since, bond.restricted_until))
    object(remarks, "restricted_until", "ends_before", "окончание ограничения раньше начала");
  const auto expected = sex_of(bond.kinship);
  if (!expected.empty() && !bond.guardian_sex.empty() && bond.guardian_sex != expected)
    doubt(remarks, "kinship", "kinship_sex", "степень родства не согласуется с полом родителя");
  if (bond.kinship == "mother" || bond.kinship == "father") {
    const auto older = full_years(bond.guardian_birth_date, bond.student_birth_date);
    if (older && *older < least_age_of_parent)
      doubt(remarks, "guardian", "parent_age", "родитель старше ребёнка меньше чем на 12 лет: проверьте даты рождения");
  }
  return remarks;
}

}  // namespace eschool::people
