/// What must hold of a person, an employee, a pupil and a bond of kin. Pure rules: no database and no clock. Dates are
/// ISO text; an empty one is not known and breaks no rule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::people {

/// Something to tell about a record. A doubt lets the record pass, an objection does not.
struct Remark {
  enum class Kind { objection, doubt } kind = Kind::objection;
  std::string field;
  std::string code;
  std::string message;  ///< Russian
};
using Remarks = std::vector<Remark>;

struct PersonFacts {
  std::string sex;  ///< "male", "female" or empty
  std::string patronymic;
  std::string birth_date;
};
/// A birth date lies between 1900 and today; the sex agrees with the patronymic (a doubt: there are exceptions).
Remarks check_person(const PersonFacts&, std::string_view today);

struct EmployeeFacts {
  std::string birth_date, hired_on, teaching_since;
  std::string category;  ///< id of the enumeration or empty
  std::string category_date;
  std::string dismissed_on = {};
};
/// Nobody is employed before the age of 14 (Labour Code, art. 63), nor dismissed before being hired. Dates to come, and
/// a date of a category without one, are doubts: an order may be signed ahead.
Remarks check_employee(const EmployeeFacts&, std::string_view today);

struct StudentFacts {
  std::string birth_date, admission_order_date;
};
/// The order of admission follows the birth. A pupil under 5 or over 25 is a doubt: most likely a slip in the year.
Remarks check_student(const StudentFacts&, std::string_view today);

struct BondFacts {
  long long student_person = 0, guardian_person = 0;
  std::string kinship;  ///< id of the enumeration or empty
  std::string guardian_sex, student_birth_date, guardian_birth_date;
  bool restricted = false;
  std::string restriction_document = {}, restricted_since = {}, restricted_until = {};
};
/// Nobody is their own guardian. A father who is a woman, or a parent hardly older than the child, is a doubt.
/// What is told of a restriction goes with its mark: the mark is what hides the child.
Remarks check_bond(const BondFacts&);

}  // namespace eschool::people
