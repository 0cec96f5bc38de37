#include "demo/lesson_plans.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "demo/papers.hpp"

namespace eschool::demo {

namespace {

struct Section {
  std::string_view name;
  /// A topic a line; «!» begins one that ends the section with a test, «2 » one of two hours.
  std::string_view topics;
};

constexpr std::array physics_7{
    Section{
        "Физика и её роль в познании мира",
        "Что изучает физика. Явления природы\nФизические величины и их измерение\nПогрешность измерений. Лабораторная "
        "работа: цена деления прибора\nНаучный метод: от наблюдения к закону"},
    Section{"Первоначальные сведения о строении вещества",
            "Строение вещества. Молекулы и атомы\nДвижение молекул. Диффузия\nВзаимодействие молекул\nТри состояния "
            "вещества\n!Проверочная работа: строение вещества"},
    Section{"Движение и взаимодействие тел",
            "Механическое движение. Траектория и путь\nСкорость равномерного движения\n2 Расчёт пути и времени "
            "движения\nНеравномерное движение. Средняя скорость\nИнерция\nМасса тела. Лабораторная работа: измерение "
            "массы\nПлотность вещества\n2 Решение задач на плотность\nСила. Сила тяжести\nСила упругости. Закон "
            "Гука\nВес тела. Невесомость\nИзмерение силы. Динамометр\nСложение сил, направленных вдоль одной "
            "прямой\nСила трения\n!Контрольная работа: движение и взаимодействие тел"},
    Section{
        "Давление твёрдых тел, жидкостей и газов",
        "Давление. Способы изменить давление\nДавление газа\nЗакон Паскаля\nДавление в жидкости\n2 Решение задач на "
        "давление жидкости\nСообщающиеся сосуды\nАтмосферное давление. Опыт Торричелли\nМанометры и насосы\n"
        "Гидравлический пресс\nАрхимедова сила\n2 Лабораторная работа: выталкивающая сила\nПлавание тел\n!Контрольная "
        "работа: давление"},
    Section{
        "Работа, мощность, энергия",
        "Механическая работа\nМощность\nРычаг. Условие равновесия\nБлоки и золотое правило механики\nКоэффициент "
        "полезного действия\nКинетическая и потенциальная энергия\nПревращение энергии\n!Контрольная работа: работа "
        "и энергия"},
    Section{"Повторение",
            "2 Повторение: движение и силы\n2 Повторение: давление\n!Итоговая контрольная работа\nИтоги года"},
};

constexpr std::array physics_8{
    Section{
        "Тепловые явления",
        "Тепловое движение. Температура\nВнутренняя энергия\nТеплопроводность\nКонвекция и излучение\nКоличество "
        "теплоты. Удельная теплоёмкость\n2 Расчёт количества теплоты\nЛабораторная работа: теплоёмкость тела\nЭнергия "
        "топлива\nПлавление и отвердевание\nИспарение и конденсация\nКипение\nВлажность воздуха\nТепловые "
        "двигатели\n!Контрольная работа: тепловые явления"},
    Section{"Электрические явления",
            "Электризация тел\nЭлектрическое поле\nСтроение атома\nЭлектрический ток. Источники тока\nЭлектрическая "
            "цепь\nСила тока\nНапряжение\nСопротивление. Закон Ома\n2 Решение задач на закон Ома\nПоследовательное "
            "соединение\nПараллельное соединение\nРабота и мощность тока\nЗакон Джоуля — Ленца\n!Контрольная работа: "
            "электрический ток"},
    Section{
        "Магнитные явления",
        "Магнитное поле тока\nЭлектромагниты\nПостоянные магниты. Магнитное поле Земли\nДействие поля на проводник с "
        "током\nЭлектродвигатель\n!Проверочная работа: магнитные явления"},
    Section{"Световые явления",
            "Источники света. Прямолинейное распространение\nОтражение света\nПреломление света\nЛинзы\n2 Построение "
            "изображений в линзе\nГлаз и зрение\n!Контрольная работа: свет"},
    Section{"Повторение",
            "2 Повторение: теплота\n2 Повторение: электричество\n!Итоговая контрольная работа\nИтоги года"},
};

constexpr std::array algebra_7{
    Section{"Числа и вычисления",
            "Рациональные числа\n2 Действия с рациональными числами\nСтепень с натуральным показателем\n2 Проценты и "
            "отношения в задачах\n!Контрольная работа: числа"},
    Section{"Алгебраические выражения",
            "Буквенные выражения\nПреобразование выражений\nОдночлены\n2 Многочлены. Сложение и вычитание\n2 Умножение "
            "многочленов\n2 Формулы сокращённого умножения\n2 Разложение на множители\n!Контрольная работа: выражения"},
    Section{"Уравнения и системы",
            "Линейное уравнение\n2 Задачи на составление уравнений\nУравнение с двумя переменными\nСистема уравнений. "
            "Способ подстановки\nСпособ сложения\n2 Задачи на системы\n!Контрольная работа: уравнения"},
    Section{"Функции",
            "Координатная плоскость\nФункция и её график\n2 Линейная функция\nВзаимное расположение прямых\n"
            "!Контрольная работа: функции"},
};

template <std::size_t Count>
std::vector<Topic> topics_of(const std::array<Section, Count>& sections) {
  std::vector<Topic> topics;
  for (const auto& section : sections) {
    std::string_view left = section.topics;
    while (!left.empty()) {
      const auto line = left.substr(0, left.find('\n'));
      left.remove_prefix(std::min(left.size(), line.size() + 1));
      Topic topic;
      topic.section = section.name;
      topic.title = line;
      if (line.starts_with("2 ")) {
        topic.hours = 2;
        topic.title = line.substr(2);
      }
      if (line.starts_with('!')) {
        topic.title = line.substr(1);
        topic.control = topic.title.substr(0, topic.title.find(':'));
        if (topic.title.starts_with("Итоговая")) topic.control = "Контрольная работа";
      }
      topics.push_back(std::move(topic));
    }
  }
  return topics;
}

/// A day for each topic: lessons are on the given days of the week (1 is Monday) when nobody is on vacation.
void set_dates(std::vector<Topic>& topics, const std::vector<int>& weekdays, const std::vector<Vacation>& vacations,
               int year) {
  auto date = iso_date(year, 9, 1);
  const std::chrono::year_month_day first{std::chrono::year{year} / std::chrono::September / 1};
  auto weekday = static_cast<int>(std::chrono::weekday{first}.iso_encoding());
  const auto pass = [&] {
    date = later(date, 1);
    weekday = weekday % 7 + 1;
  };
  const auto held = [&] {
    return std::find(weekdays.begin(), weekdays.end(), weekday) != weekdays.end() &&
           std::none_of(vacations.begin(), vacations.end(), [&](const Vacation& one) {
             return one.grade.empty() && one.starts_on <= date && date <= one.ends_on;
           });
  };
  for (auto& topic : topics)
    for (int hour = 0; hour < topic.hours; ++hour) {
      while (!held()) pass();
      if (hour == 0) topic.planned_on = date;
      pass();
    }
}

}  // namespace

std::vector<LessonPlan> make_lesson_plans(const Lyceum& lyceum) {
  std::vector<LessonPlan> plans;
  const auto add = [&](std::string name, std::string subject, int grade, std::string_view post,
                       std::vector<Topic> topics, const std::vector<int>& weekdays) {
    const auto teacher = std::find_if(lyceum.employees.begin(), lyceum.employees.end(),
                                      [&](const Employee& employee) { return employee.post == post; });
    set_dates(topics, weekdays, lyceum.vacations, lyceum.year);
    int hours = 0;
    for (const auto& topic : topics) hours += topic.hours;
    plans.push_back({std::move(name), std::move(subject), grade,
                     static_cast<std::size_t>(teacher - lyceum.employees.begin()), hours, std::move(topics)});
  };
  add("Физика, 7 класс", "Физика", 7, "Учитель физики", topics_of(physics_7), {2, 4});
  add("Физика, 8 класс", "Физика", 8, "Учитель физики", topics_of(physics_8), {1, 3});
  add("Алгебра, 7 класс", "Алгебра", 7, "Учитель математики", topics_of(algebra_7), {1, 3, 5});
  return plans;
}

}  // namespace eschool::demo
