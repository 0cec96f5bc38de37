/// A lyceum that does not exist: its people agree with one another, so that every screen has something true to show.
/// Dates are ISO text, names are in the nominative.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/names.hpp"

namespace eschool::demo {

struct Person {
  text::FullName name;
  text::Sex sex = text::Sex::male;
  std::string birth_date;
  std::string snils;     ///< with its check number, nobody else's
  std::string document;  ///< passport or birth certificate
  std::string phone, email;
  std::string address;

  std::string full_name() const { return name.surname + ' ' + name.given_name + ' ' + name.patronymic; }
};

struct Employee {
  Person person;
  std::string inn;
  std::string post;
  std::string hired_on;
  std::string teaching_since;  ///< empty for those who do not teach
  std::string education;
  std::string category, category_date;
};

struct Room {
  std::string number, building, name, kind;
  int floor = 1;
  double area = 0;  ///< square metres
  int seats = 0;
  std::string subjects;
};

struct SchoolClass {
  std::string name;  ///< "5А"
  int grade = 1;
  std::string profile;
  std::size_t homeroom_teacher = 0;  ///< index in `employees`
  std::string room;                  ///< number
  int size = 0;
};

struct Pupil {
  Person person;
  std::size_t school_class = 0;  ///< index in `classes`
  std::string file_no;
  std::string order_no, order_date;
  std::string health_group;
};

struct Parent {
  Person person;
  std::string work_place;
  struct Child {
    std::size_t pupil = 0;  ///< index in `pupils`
    std::string kinship;
  };
  std::vector<Child> children;
};

struct Achievement {
  std::size_t pupil = 0;  ///< index in `pupils`
  std::string title, kind, level, result, subject;
  std::string received_on;
};

struct Clearance {
  std::size_t employee = 0;  ///< index in `employees`
  std::string kind, passed_on;
  std::string valid_until;  ///< empty: for good
};

struct Vacation {
  std::string name, kind, starts_on, ends_on;
  std::string grade;  ///< of which only; empty: of all
};

struct Bell {
  int lesson = 1;
  std::string starts_at, ends_at;  ///< "08:00"
};

/// How the year is divided for some grades: quarters or halves.
struct PeriodPlan {
  std::string name, kind;
  int grade_from = 1, grade_to = 11;
  std::vector<std::pair<std::string, std::string>> periods;  ///< first and last day
};

struct Topic {
  std::string section, title, control;
  int hours = 1;
  std::string planned_on;
};

struct LessonPlan {
  std::string name, subject;
  int grade = 1;
  std::size_t teacher = 0;  ///< index in `employees`
  int hours = 0;            ///< of all topics
  std::vector<Topic> topics;
};

/// Half of a class that learns a language by itself.
struct Subgroup {
  std::string school_class, name, subject;
  std::size_t teacher = 0;           ///< index in `employees`
  std::vector<std::size_t> members;  ///< indexes in `pupils`
};

struct Asset {
  std::string inventory_no, name, kind;
  std::string room;  ///< number
  std::string commissioned_on;
  int quantity = 1;
};

struct Lyceum {
  int year = 2026;                                               ///< in which the school year begins
  std::vector<std::pair<std::string, std::string>> institution;  ///< rows of the sheet «Учреждение»
  std::vector<Room> rooms;
  std::vector<Employee> employees;
  std::vector<SchoolClass> classes;
  std::vector<Pupil> pupils;
  std::vector<Parent> parents;
  std::vector<Achievement> achievements;
  std::vector<Clearance> clearances;
  std::vector<Vacation> vacations;
  std::vector<Bell> bells;  ///< of the only shift
  std::vector<PeriodPlan> period_plans;
  std::vector<LessonPlan> lesson_plans;
  std::vector<Subgroup> subgroups;
  std::vector<Asset> assets;
};

/// 1,050 pupils in 38 classes, 85 employees, 1,900 parents, 62 rooms: the same for the same seed and year. The last of
/// the parents is another one entered twice, with a slip in the surname and without СНИЛС: something to merge.
Lyceum make_lyceum(std::uint64_t seed, int year);

}  // namespace eschool::demo
