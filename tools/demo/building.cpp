#include "demo/building.hpp"

#include <fmt/format.h>

#include <array>

namespace eschool::demo {

namespace {

struct Special {
  const char *name, *kind, *subjects;
  int seats;
  double area;
};

/// Rooms with a purpose of their own in the main building, from the first floor up.
constexpr std::array specials{
    Special{"Библиотека", "библиотека", "", 30, 96.5},
    Special{"Столовая", "столовая", "", 180, 240},
    Special{"Большой спортивный зал", "спортивный зал", "Физическая культура", 60, 288},
    Special{"Малый спортивный зал", "спортивный зал", "Физическая культура", 30, 162},
    Special{"Актовый зал", "актовый зал", "", 220, 210},
    Special{"Медицинский кабинет", "медицинский кабинет", "", 4, 28.4},
    Special{"Кабинет директора", "административное помещение", "", 8, 32},
    Special{"Учительская", "административное помещение", "", 24, 48},
    Special{"Мастерская по обработке древесины", "мастерская", "Труд (технология)", 20, 84},
    Special{"Мастерская по обработке ткани", "мастерская", "Труд (технология)", 16, 66},
    Special{"Кабинет физики", "лаборатория", "Физика", 30, 72},
    Special{"Кабинет химии", "лаборатория", "Химия", 30, 72},
    Special{"Кабинет биологии", "лаборатория", "Биология", 30, 70.2},
    Special{"Кабинет информатики 1", "компьютерный класс", "Информатика", 16, 60},
    Special{"Кабинет информатики 2", "компьютерный класс", "Информатика", 16, 60},
};

constexpr std::array subjects{"Русский язык, литература",
                              "Математика",
                              "Иностранный язык",
                              "История, обществознание",
                              "География",
                              "Музыка",
                              "Изобразительное искусство",
                              "Основы безопасности и защиты Родины"};

Room classroom(Random& random, std::string number, std::string building, int floor, std::string name,
               std::string taught) {
  return {.number = std::move(number),
          .building = std::move(building),
          .name = std::move(name),
          .kind = "учебный кабинет",
          .floor = floor,
          .area = 48 + random.between(0, 40) * 0.5,
          .seats = random.between(14, 16) * 2,
          .subjects = std::move(taught)};
}

}  // namespace

std::vector<Room> make_rooms(Random& random) {
  std::vector<Room> rooms;
  for (std::size_t i = 0; i < specials.size(); ++i) {
    const auto& special = specials[i];
    const int floor = i < 8 ? 1 : i < 12 ? 2 : 3;
    rooms.push_back({.number = fmt::format("{}", floor * 100 + static_cast<int>(i) + 1),
                     .building = main_building,
                     .name = special.name,
                     .kind = special.kind,
                     .floor = floor,
                     .area = special.area,
                     .seats = special.seats,
                     .subjects = special.subjects});
  }
  for (int i = 0; i < 29; ++i) {
    const int floor = i < 7 ? 1 : i < 18 ? 2 : 3;
    const std::string taught = subjects[static_cast<std::size_t>(i) % subjects.size()];
    rooms.push_back(classroom(random, fmt::format("{}", floor * 100 + 20 + i), main_building, floor, {}, taught));
  }
  for (int i = 0; i < 16; ++i)
    rooms.push_back(classroom(random, fmt::format("Н-{}", (i / 8 + 1) * 10 + i % 8), primary_building, i / 8 + 1,
                              "Кабинет начальных классов", "Начальная школа"));
  rooms.push_back({.number = "Н-18",
                   .building = primary_building,
                   .name = "Спортивный зал начальной школы",
                   .kind = "спортивный зал",
                   .floor = 1,
                   .area = 120,
                   .seats = 30,
                   .subjects = "Физическая культура"});
  rooms.push_back({.number = "Н-19",
                   .building = primary_building,
                   .name = "Кабинет логопеда",
                   .kind = "другое",
                   .floor = 1,
                   .area = 22.5,
                   .seats = 6,
                   .subjects = {}});
  return rooms;
}

}  // namespace eschool::demo
