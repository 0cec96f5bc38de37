#include "people/person_rules.hpp"

#include <doctest/doctest.h>

using namespace eschool::people;

namespace {

constexpr auto today = "2026-11-24";

/// "code" of an objection, "code?" of a doubt.
std::vector<std::string> codes(const Remarks& remarks) {
  std::vector<std::string> list;
  for (const auto& remark : remarks) {
    CHECK_FALSE(remark.message.empty());
    list.push_back(remark.code + (remark.kind == Remark::Kind::doubt ? "?" : ""));
  }
  return list;
}
using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("a birth date lies between 1900 and today") {
  CHECK(codes(check_person({"", "", "2026-11-24"}, today)) == Codes{});
  CHECK(codes(check_person({"", "", "2026-11-25"}, today)) == Codes{"birth_date_future"});
  CHECK(codes(check_person({"", "", "1900-01-01"}, today)) == Codes{});
  CHECK(codes(check_person({"", "", "1899-12-31"}, today)) == Codes{"birth_date_early"});
  CHECK(codes(check_person({"", "", ""}, today)) == Codes{});
}

TEST_CASE("the sex is compared with the patronymic, and only raises a doubt") {
  CHECK(codes(check_person({"male", "Львович", ""}, today)) == Codes{});
  CHECK(codes(check_person({"female", "Львовна", ""}, today)) == Codes{});
  CHECK(codes(check_person({"male", "Львовна", ""}, today)) == Codes{"sex_patronymic?"});
  CHECK(codes(check_person({"female", "Ильич", ""}, today)) == Codes{"sex_patronymic?"});
  CHECK(codes(check_person({"", "Львовна", ""}, today)) == Codes{});
  CHECK(codes(check_person({"male", "", ""}, today)) == Codes{});
}

TEST_CASE("nobody is employed before 14") {
  CHECK(codes(check_employee({"1992-09-09", "2017-07-01", "2015-08-21", "first", "2020-11-01"}, today)) == Codes{});
  CHECK(codes(check_employee({"2000-05-02", "2014-05-02", "", "", ""}, today)) == Codes{});
  CHECK(codes(check_employee({"2000-05-02", "2014-05-01", "", "", ""}, today)) == Codes{"too_young"});
  CHECK(codes(check_employee({"2000-05-02", "", "1999-01-01", "", ""}, today)) == Codes{"too_young"});
  CHECK(codes(check_employee({"", "2014-05-01", "", "", ""}, today)) == Codes{});
}

TEST_CASE("dates to come and a date without a category are doubts") {
  CHECK(codes(check_employee({"1992-09-09", "2027-01-11", "", "", ""}, today)) == Codes{"date_future?"});
  CHECK(codes(check_employee({"1992-09-09", "", "", "none", "2020-11-01"}, today)) == Codes{"date_without_category?"});
  CHECK(codes(check_employee({"1992-09-09", "", "", "", "2020-11-01"}, today)) == Codes{"date_without_category?"});
}

TEST_CASE("the order of admission follows the birth, and the age of a pupil is looked at") {
  CHECK(codes(check_student({"2015-08-21", "2022-06-05"}, today)) == Codes{});
  CHECK(codes(check_student({"2015-08-21", "2015-08-20"}, today)) == Codes{"before_birth"});
  CHECK(codes(check_student({"2021-11-24", ""}, today)) == Codes{});
  CHECK(codes(check_student({"2021-11-25", ""}, today)) == Codes{"pupil_age?"});
  CHECK(codes(check_student({"1990-01-01", ""}, today)) == Codes{"pupil_age?"});
  CHECK(codes(check_student({"", "2022-06-05"}, today)) == Codes{});
}

TEST_CASE("a bond joins two people who fit one another") {
  CHECK(codes(check_bond({1, 2, "mother", "female", "2015-08-21", "1985-01-01"})) == Codes{});
  CHECK(codes(check_bond({1, 1, "", "", "", ""})) == Codes{"own_guardian"});
  CHECK(codes(check_bond({1, 2, "father", "female", "", ""})) == Codes{"kinship_sex?"});
  CHECK(codes(check_bond({1, 2, "grandmother", "male", "", ""})) == Codes{"kinship_sex?"});
  CHECK(codes(check_bond({1, 2, "legal_guardian", "male", "", ""})) == Codes{});
  CHECK(codes(check_bond({1, 2, "mother", "", "2015-08-21", "2010-01-01"})) == Codes{"parent_age?"});
  CHECK(codes(check_bond({1, 2, "sister", "", "2015-08-21", "2010-01-01"})) == Codes{});
}
