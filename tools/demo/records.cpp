#include "demo/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "demo/papers.hpp"

namespace eschool::demo {

namespace {

constexpr std::array subjects{"математика", "русский язык",    "физика",     "история",
                              "биология",   "английский язык", "информатика"};

Achievement achievement(Random& random, std::size_t pupil, int grade, int year) {
  constexpr std::array kinds{"олимпиада",  "олимпиада",           "конкурс", "спорт",
                             "творчество", "научная конференция", "проект"};
  constexpr std::array levels{"школьный",      "школьный",     "муниципальный",
                              "муниципальный", "региональный", "всероссийский"};
  constexpr std::array results{"участник", "участник", "призёр", "призёр", "победитель", "лауреат"};
  Achievement made;
  made.pupil = pupil;
  made.kind = random.pick(kinds);
  made.level = random.pick(levels);
  made.result = random.pick(results);
  made.subject = made.kind == "олимпиада" ? random.pick(subjects) : "";
  const int when = random.between(std::max(year - 3, year - grade + 1), year);
  made.received_on = when == year ? iso_date(year, random.between(9, 10), random.between(1, 28))
                                  : iso_date(when, random.between(1, 5), random.between(1, 28));
  made.title = made.kind == "олимпиада" ? fmt::format("Олимпиада школьников: {}", made.subject)
               : made.kind == "спорт"   ? "Первенство по лёгкой атлетике"
               : made.kind == "проект"  ? "Учебный проект «Мой город»"
                                       : fmt::format("{} «Первые шаги»", made.kind == "конкурс" ? "Конкурс" : "Смотр");
  return made;
}

}  // namespace

std::vector<Achievement> make_achievements(Random& random, const Lyceum& lyceum) {
  std::vector<Achievement> achievements;
  for (std::size_t i = 0; i < lyceum.pupils.size(); ++i) {
    if (!random.chance(40)) continue;
    const int grade = lyceum.classes[lyceum.pupils[i].school_class].grade;
    for (int count = random.between(1, 3); count > 0; --count) {
      auto made = achievement(random, i, grade, lyceum.year);
      const bool known = std::any_of(achievements.begin(), achievements.end(), [&](const Achievement& one) {
        return one.pupil == i && one.title == made.title && one.received_on == made.received_on;
      });
      if (!known) achievements.push_back(std::move(made));  // two results of one day would contradict each other
    }
  }
  return achievements;
}

std::vector<Clearance> make_clearances(Random& random, const Lyceum& lyceum) {
  std::vector<Clearance> clearances;
  for (std::size_t i = 0; i < lyceum.employees.size(); ++i) {
    const auto& hired = lyceum.employees[i].hired_on;
    clearances.push_back({i, "справка об отсутствии судимости", hired, ""});
    // Once a year before school begins; a few are late, as it happens.
    const int year = random.chance(6) ? lyceum.year - 1 : lyceum.year;
    const auto passed = std::max(hired, iso_date(year, 8, random.between(3, 28)));
    clearances.push_back(
        {i, "медицинский осмотр", passed, fmt::format("{}{}", std::stoi(passed.substr(0, 4)) + 1, passed.substr(4))});
  }
  return clearances;
}

std::vector<Vacation> make_vacations(int year) {
  return {{"Осенние каникулы", "осенние", iso_date(year, 10, 26), iso_date(year, 11, 3), ""},
          {"Зимние каникулы", "зимние", iso_date(year, 12, 31), iso_date(year + 1, 1, 10), ""},
          {"Дополнительные каникулы", "дополнительные", iso_date(year + 1, 2, 15), iso_date(year + 1, 2, 21), "1"},
          {"Весенние каникулы", "весенние", iso_date(year + 1, 3, 27), iso_date(year + 1, 4, 4), ""}};
}

std::vector<Bell> make_bells() {
  constexpr std::array breaks{10, 20, 20, 15, 10, 10, 10, 0};
  const auto clock = [](int minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); };
  std::vector<Bell> bells;
  int at = 8 * 60;
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    bells.push_back({static_cast<int>(i) + 1, clock(at), clock(at + 40)});
    at += 40 + breaks[i];
  }
  return bells;
}

std::vector<PeriodPlan> make_period_plans(int year) {
  const auto first = iso_date(year, 9, 1), last = iso_date(year + 1, 5, 26);
  const auto winter = iso_date(year, 12, 30), after_winter = iso_date(year + 1, 1, 11);
  return {{"Четверти 1–9",
           "четверти",
           1,
           9,
           {{first, iso_date(year, 10, 25)},
            {iso_date(year, 11, 4), winter},
            {after_winter, iso_date(year + 1, 3, 26)},
            {iso_date(year + 1, 4, 5), last}}},
          {"Полугодия 10–11", "полугодия", 10, 11, {{first, winter}, {after_winter, last}}}};
}

std::vector<Subgroup> make_subgroups(const Lyceum& lyceum) {
  std::vector<std::size_t> teachers;
  for (std::size_t i = 0; i < lyceum.employees.size(); ++i)
    if (lyceum.employees[i].post == "Учитель английского языка") teachers.push_back(i);
  std::vector<Subgroup> subgroups;
  for (std::size_t c = 0; c < lyceum.classes.size(); ++c) {
    const auto& of = lyceum.classes[c];
    if (of.grade < 5) continue;
    std::vector<std::size_t> pupils;
    for (std::size_t i = 0; i < lyceum.pupils.size(); ++i)
      if (lyceum.pupils[i].school_class == c) pupils.push_back(i);
    const auto middle = pupils.begin() + static_cast<std::ptrdiff_t>(pupils.size() / 2);
    for (int half = 1; half <= 2; ++half)
      subgroups.push_back({of.name, fmt::format("Английский язык, {}", half), "Английский язык",
                           teachers[subgroups.size() % teachers.size()],
                           half == 1 ? std::vector(pupils.begin(), middle) : std::vector(middle, pupils.end())});
  }
  return subgroups;
}

std::vector<Asset> make_assets(const std::vector<Room>& rooms, int year) {
  std::vector<Asset> assets;
  int number = 101'000;
  const auto add = [&](std::string name, std::string kind, const Room& room, int bought) {
    assets.push_back(
        {fmt::format("{}", ++number), std::move(name), std::move(kind), room.number, iso_date(bought, 8, 20)});
  };
  for (const auto& room : rooms) {
    if (room.kind != "учебный кабинет" && room.kind != "лаборатория") continue;
    add("Компьютер учителя", "персональный компьютер", room, year - 1 - number % 5);
    add("Проектор", "проектор", room, year - 1 - number % 4);
  }
  return assets;
}

}  // namespace eschool::demo
