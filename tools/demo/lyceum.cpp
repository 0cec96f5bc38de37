#include "demo/lyceum.hpp"

#include "demo/building.hpp"
#include "demo/families.hpp"
#include "demo/lesson_plans.hpp"
#include "demo/people.hpp"
#include "demo/random.hpp"
#include "demo/records.hpp"
#include "demo/staff.hpp"

namespace eschool::demo {

namespace {

std::string with_post(const std::vector<Employee>& employees, std::string_view post) {
  for (const auto& employee : employees)
    if (employee.post == post) return employee.person.full_name();
  return {};
}

std::vector<std::pair<std::string, std::string>> institution(const std::vector<Employee>& employees) {
  return {
      {"Полное наименование", "Муниципальное бюджетное общеобразовательное учреждение «Демонстрационный лицей»"},
      {"Краткое наименование", "МБОУ «Демонстрационный лицей»"},
      {"Тип учреждения", "Лицей"},
      {"Учредитель", "Управление образования города"},
      {"ИНН", "6100000005"},
      {"КПП", "610001001"},
      {"ОГРН", "1026100000002"},
      {"ОКПО", "10000001"},
      {"ОКТМО", "60701000"},
      {"Номер лицензии", "61Л01-0000001"},
      {"Дата лицензии", "12.03.2015"},
      {"Номер аккредитации", "61А01-0000001"},
      {"Дата аккредитации", "20.05.2015"},
      {"Директор", with_post(employees, "Директор")},
      {"Заместитель директора по УВР", with_post(employees, "Заместитель директора по УВР")},
      {"Заместитель директора по ВР", with_post(employees, "Заместитель директора по ВР")},
      {"Заместитель директора по АХР", with_post(employees, "Заместитель директора по АХР")},
      {"Юридический адрес", "344000, г. Ростов-на-Дону, ул. Школьная, д. 1"},
      {"Фактический адрес", "344000, г. Ростов-на-Дону, ул. Школьная, д. 1"},
      {"Телефон", "+7 863 200-00-00"},
      {"E-mail", "school@example.ru"},
      {"Сайт", "https://lyceum.example.ru"},
      {"Количество смен", "1"},
      {"Учебных дней в неделю", "5"},
      {"Часовой пояс", "Europe/Moscow"},
      {"Количество корпусов", "2"},
  };
}

}  // namespace

Lyceum make_lyceum(std::uint64_t seed, int year) {
  Random random(seed);
  PeopleMaker people(random);
  Lyceum lyceum{.year = year,
                .institution = {},
                .rooms = make_rooms(random),
                .employees = {},
                .classes = {},
                .pupils = {},
                .parents = {},
                .achievements = {},
                .clearances = {},
                .vacations = make_vacations(year),
                .bells = make_bells(),
                .period_plans = make_period_plans(year),
                .lesson_plans = {},
                .subgroups = {},
                .assets = {}};
  lyceum.employees = make_employees(random, people, year);
  lyceum.institution = institution(lyceum.employees);
  lyceum.classes = make_classes(random, lyceum.employees, lyceum.rooms, 1050);
  make_families(random, people, lyceum, 1899);
  enter_twice(lyceum);
  lyceum.achievements = make_achievements(random, lyceum);
  lyceum.clearances = make_clearances(random, lyceum);
  lyceum.lesson_plans = make_lesson_plans(lyceum);
  lyceum.subgroups = make_subgroups(lyceum);
  lyceum.assets = make_assets(lyceum.rooms, year);
  return lyceum;
}

}  // namespace eschool::demo
