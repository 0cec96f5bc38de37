#include "demo/staff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "demo/building.hpp"

namespace eschool::demo {

namespace {

using text::Sex;

struct Post {
  const char* title;
  int count;
  bool teaches;
  int percent_women;
};

constexpr std::array posts{
    Post{"Директор", 1, true, 100},
    Post{"Заместитель директора по УВР", 2, true, 100},
    Post{"Заместитель директора по ВР", 1, true, 100},
    Post{"Заместитель директора по АХР", 1, false, 0},
    Post{"Учитель начальных классов", 16, true, 97},
    Post{"Учитель русского языка и литературы", 8, true, 95},
    Post{"Учитель математики", 8, true, 80},
    Post{"Учитель английского языка", 7, true, 90},
    Post{"Учитель истории и обществознания", 4, true, 60},
    Post{"Учитель физики", 2, true, 40},
    Post{"Учитель химии", 2, true, 80},
    Post{"Учитель биологии", 2, true, 80},
    Post{"Учитель географии", 2, true, 80},
    Post{"Учитель информатики", 3, true, 50},
    Post{"Учитель физической культуры", 5, true, 40},
    Post{"Учитель труда (технологии)", 2, true, 50},
    Post{"Учитель музыки", 1, true, 90},
    Post{"Учитель изобразительного искусства", 1, true, 90},
    Post{"Преподаватель-организатор ОБЗР", 1, true, 0},
    Post{"Педагог-психолог", 2, true, 95},
    Post{"Социальный педагог", 1, true, 95},
    Post{"Учитель-логопед", 1, true, 100},
    Post{"Педагог-организатор", 1, true, 90},
    Post{"Педагог-библиотекарь", 1, true, 100},
    Post{"Секретарь руководителя", 1, false, 100},
    Post{"Специалист по кадрам", 1, false, 100},
    Post{"Системный администратор", 1, false, 0},
    Post{"Бухгалтер", 2, false, 100},
    Post{"Лаборант", 2, false, 80},
    Post{"Заведующий хозяйством", 1, false, 50},
    Post{"Рабочий по обслуживанию здания", 1, false, 0},
    Post{"Сторож", 1, false, 0},
};

Employee employee(Random& random, PeopleMaker& people, const Post& post, int year) {
  const auto sex = random.chance(post.percent_women) ? Sex::female : Sex::male;
  Employee employee{.person = people.adult(sex, surname(random), Generation::parent, year - 64, year - 24),
                    .inn = people.papers().inn_of_person(),
                    .post = post.title,
                    .hired_on = {},
                    .teaching_since = {},
                    .education = {},
                    .category = {},
                    .category_date = {}};
  employee.person.address = people.address();
  const int born = std::stoi(employee.person.birth_date);
  const int first_work = born + 22;
  const int hired = std::min(year, random.between(first_work, std::min(year, first_work + 20)));
  employee.hired_on =
      iso_date(hired, hired == year ? 8 : random.pick(std::array{8, 8, 8, 9, 1, 3}), random.between(15, 28));
  if (post.teaches) {
    const int since = random.between(first_work, hired);
    employee.teaching_since = since == hired ? employee.hired_on : iso_date(since, 8, random.between(15, 28));
    employee.education =
        random.pick(std::array{"высшее", "высшее", "высшее", "специалитет", "магистратура", "бакалавр"});
    const int experience = year - since;
    employee.category = experience < 2 ? "без категории"
                        : experience < 6 ? random.pick(std::array{"соответствие занимаемой должности", "первая"})
                        : experience < 15 ? random.pick(std::array{"первая", "высшая", "первая"})
                                          : random.pick(std::array{"высшая", "высшая", "первая"});
    if (experience >= 2)
      employee.category_date = iso_date(random.between(std::max(since + 1, year - 5), year - 1), random.between(1, 12),
                                        random.between(1, 28));
  } else {
    employee.education = random.pick(std::array{"среднее профессиональное", "высшее", "среднее"});
  }
  return employee;
}

std::string profile_of(int grade, std::string_view letter) {
  if (grade >= 10) return grade == 10 ? "технологический" : "естественно-научный";
  if (grade < 8) return {};
  if (letter == "А") return "физико-математический";
  if (letter == "Б") return "химико-биологический";
  return {};
}

}  // namespace

std::vector<Employee> make_employees(Random& random, PeopleMaker& people, int year) {
  std::vector<Employee> employees;
  for (const auto& post : posts)
    for (int i = 0; i < post.count; ++i) employees.push_back(employee(random, people, post, year));
  return employees;
}

std::vector<SchoolClass> make_classes(Random& random, const std::vector<Employee>& employees,
                                      const std::vector<Room>& rooms, int pupils) {
  std::vector<std::size_t> primary, others;
  for (std::size_t i = 0; i < employees.size(); ++i) {
    if (employees[i].post == "Учитель начальных классов")
      primary.push_back(i);
    else if (employees[i].post.starts_with("Учитель "))
      others.push_back(i);
  }
  std::vector<std::string> primary_rooms, main_rooms;
  for (const auto& room : rooms)
    if (room.kind == "учебный кабинет" || room.kind == "лаборатория")
      (room.building == primary_building ? primary_rooms : main_rooms).push_back(room.number);
  random.shuffle(others);

  std::vector<SchoolClass> classes;
  std::size_t next_primary = 0, next_other = 0;
  for (int grade = 1; grade <= 11; ++grade) {
    constexpr std::array letters{"А", "Б", "В", "Г"};
    const std::size_t count = grade < 10 ? 4 : 1;
    for (std::size_t i = 0; i < count; ++i) {
      const bool of_primary = grade <= 4;
      const auto which = of_primary ? next_primary++ : next_other++;
      classes.push_back({.name = fmt::format("{}{}", grade, letters[i]),
                         .grade = grade,
                         .profile = profile_of(grade, letters[i]),
                         .homeroom_teacher = (of_primary ? primary : others).at(which),
                         .room = (of_primary ? primary_rooms : main_rooms).at(which),
                         .size = 0});
    }
  }
  // Equal at first; then pupils change places, so that classes differ as they do in life.
  for (std::size_t i = 0; i < classes.size(); ++i)
    classes[i].size =
        pupils / static_cast<int>(classes.size()) + (i < static_cast<std::size_t>(pupils) % classes.size() ? 1 : 0);
  for (std::size_t i = 0; i + 1 < classes.size(); i += 2) {
    const int moved = random.between(0, 3);
    classes[i].size += moved;
    classes[i + 1].size -= moved;
  }
  return classes;
}

}  // namespace eschool::demo
