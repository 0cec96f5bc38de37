#include "demo/sheets.hpp"

#include <fmt/format.h>

#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <vector>

#include "tabular/writer.hpp"

namespace eschool::demo {

namespace {

using tabular::Cell;
using Row = std::vector<Cell>;

class Sheet {
 public:
  Sheet(const char* name, std::initializer_list<const char*> headers) : name_(name) {
    for (const auto* header : headers) columns_.push_back({.header = header});
  }

  void add(Row row) { rows_.push_back(std::move(row)); }

  void write(const std::filesystem::path& folder) const {
    const auto path = folder / (std::string(name_) + ".xlsx");
    std::ofstream file(path, std::ios::binary);
    file << tabular::write_xlsx(name_, columns_, rows_);
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
  }

 private:
  const char* name_;
  std::vector<tabular::Column> columns_;
  std::vector<Row> rows_;
};

Cell text(const std::string& value) { return Cell::of_text(value); }
Cell date(const std::string& iso) { return iso.empty() ? Cell::of_text("") : Cell::of_date(iso); }
std::string school_year(const Lyceum& lyceum) { return fmt::format("{}/{}", lyceum.year, lyceum.year + 1); }
Cell sex(const Person& person) { return Cell::of_text(person.sex == text::Sex::male ? "м" : "ж"); }

void institution(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Учреждение", {"Показатель", "Значение"});
  for (const auto& [name, value] : lyceum.institution) sheet.add({text(name), text(value)});
  sheet.write(folder);
}

void rooms(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Аудитории",
              {"Номер", "Корпус", "Название", "Тип", "Этаж", "Площадь, м²", "Посадочных мест", "Предметы"});
  for (const auto& room : lyceum.rooms)
    sheet.add({text(room.number), text(room.building), text(room.name), text(room.kind),
               text(fmt::format("{}", room.floor)), text(fmt::format("{}", room.area)),
               text(fmt::format("{}", room.seats)), text(room.subjects)});
  sheet.write(folder);
}

void employees(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Сотрудники", {"ФИО", "Пол", "Дата рождения", "СНИЛС", "ИНН", "Документ", "Должность", "Дата приёма",
                             "Педагогический стаж с", "Образование", "Категория", "Дата присвоения категории",
                             "Телефон", "E-mail", "Адрес"});
  for (const auto& employee : lyceum.employees) {
    const auto& person = employee.person;
    sheet.add({text(person.full_name()), sex(person), date(person.birth_date), text(person.snils), text(employee.inn),
               text(person.document), text(employee.post), date(employee.hired_on), date(employee.teaching_since),
               text(employee.education), text(employee.category), date(employee.category_date), text(person.phone),
               text(person.email), text(person.address)});
  }
  sheet.write(folder);
}

void classes(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Классы", {"Класс", "Профиль", "Кабинет", "Численность", "Классный руководитель"});
  for (const auto& one : lyceum.classes)
    sheet.add({text(one.name), text(one.profile), text(one.room), text(fmt::format("{}", one.size)),
               text(lyceum.employees[one.homeroom_teacher].person.full_name())});
  sheet.write(folder);
}

void pupils(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Ученики", {"Класс", "Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "СНИЛС",
                          "Документ (вид, серия, номер)", "№ личного дела", "Дата приказа о зачислении", "№ приказа",
                          "Адрес", "Группа здоровья", "Телефон", "E-mail"});
  for (const auto& pupil : lyceum.pupils) {
    const auto& person = pupil.person;
    sheet.add({text(lyceum.classes[pupil.school_class].name), text(person.name.surname), text(person.name.given_name),
               text(person.name.patronymic), sex(person), date(person.birth_date), text(person.snils),
               text(person.document), text(pupil.file_no), date(pupil.order_date), text(pupil.order_no),
               text(person.address), text(pupil.health_group), text(person.phone), text(person.email)});
  }
  sheet.write(folder);
}

void parents(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Родители", {"ФИО ребёнка", "Класс", "№ личного дела", "Степень родства", "ФИО родителя",
                           "Дата рождения родителя", "СНИЛС родителя", "Телефон", "E-mail", "Место работы"});
  for (const auto& parent : lyceum.parents)
    for (const auto& child : parent.children) {
      const auto& pupil = lyceum.pupils[child.pupil];
      const auto& person = parent.person;
      sheet.add({text(pupil.person.full_name()), text(lyceum.classes[pupil.school_class].name), text(pupil.file_no),
                 text(child.kinship), text(person.full_name()), date(person.birth_date), text(person.snils),
                 text(person.phone), text(person.email), text(parent.work_place)});
    }
  sheet.write(folder);
}

void employments(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Трудовая деятельность", {"ФИО сотрудника", "СНИЛС сотрудника", "С какого дня", "Должность", "Ставка",
                                        "Вид работы", "Входит в педагогический стаж", "Работа в этой школе"});
  for (const auto& employee : lyceum.employees)
    sheet.add({text(employee.person.full_name()), text(employee.person.snils), date(employee.hired_on),
               text(employee.post), text("1"), text("основная"), text(employee.teaching_since.empty() ? "нет" : "да"),
               text("да")});
  sheet.write(folder);
}

void clearances(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Медосмотры и справки", {"ФИО сотрудника", "СНИЛС сотрудника", "Вид", "Дата", "Действует по"});
  for (const auto& clearance : lyceum.clearances) {
    const auto& person = lyceum.employees[clearance.employee].person;
    sheet.add({text(person.full_name()), text(person.snils), text(clearance.kind), date(clearance.passed_on),
               date(clearance.valid_until)});
  }
  sheet.write(folder);
}

void achievements(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Достижения",
              {"ФИО ученика", "СНИЛС ученика", "Название", "Вид", "Уровень", "Результат", "Дата", "Предмет"});
  for (const auto& one : lyceum.achievements) {
    const auto& person = lyceum.pupils[one.pupil].person;
    sheet.add({text(person.full_name()), text(person.snils), text(one.title), text(one.kind), text(one.level),
               text(one.result), date(one.received_on), text(one.subject)});
  }
  sheet.write(folder);
}

void consents(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Согласия", {"ФИО", "СНИЛС", "Цель", "Дано", "Кем дано"});
  for (const auto& pupil : lyceum.pupils)
    sheet.add({text(pupil.person.full_name()), text(pupil.person.snils), text("обработка персональных данных"),
               date(pupil.order_date), text("законный представитель")});
  sheet.write(folder);
}

void vacations(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Каникулы",
              {"Учебный год", "Название", "Вид", "Первый день", "Последний день", "С параллели", "По параллель"});
  for (const auto& one : lyceum.vacations)
    sheet.add({text(school_year(lyceum)), text(one.name), text(one.kind), date(one.starts_on), date(one.ends_on),
               text(one.grade), text(one.grade)});
  sheet.write(folder);
}

void day_and_week(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet shifts("Смены", {"Номер", "Начало", "Окончание"});
  shifts.add({text("1"), text(lyceum.bells.front().starts_at), text(lyceum.bells.back().ends_at)});
  shifts.write(folder);
  Sheet bells("Звонки", {"Смена", "В какие дни", "Урок", "Начало", "Окончание"});
  for (const auto& bell : lyceum.bells)
    bells.add({text("1"), text("обычный день"), text(fmt::format("{}", bell.lesson)), text(bell.starts_at),
               text(bell.ends_at)});
  bells.write(folder);
  Sheet week("Учебная неделя", {"Учебный год", "С параллели", "По параллель", "Учебных дней в неделю", "Смена"});
  week.add({text(school_year(lyceum)), text("1"), text("11"), text("5"), text("1")});
  week.write(folder);
}

void periods(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet plans("Деление года", {"Учебный год", "Название", "Вид", "С параллели", "По параллель"});
  Sheet sheet("Периоды", {"Учебный год", "Деление года", "Номер", "Начало", "Окончание"});
  for (const auto& plan : lyceum.period_plans) {
    plans.add({text(school_year(lyceum)), text(plan.name), text(plan.kind), text(fmt::format("{}", plan.grade_from)),
               text(fmt::format("{}", plan.grade_to))});
    for (std::size_t i = 0; i < plan.periods.size(); ++i)
      sheet.add({text(school_year(lyceum)), text(plan.name), text(fmt::format("{}", i + 1)),
                 date(plan.periods[i].first), date(plan.periods[i].second)});
  }
  plans.write(folder);
  sheet.write(folder);
}

void subgroups(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet groups("Подгруппы", {"Класс", "Название", "Предмет", "ФИО учителя"});
  Sheet members("Состав подгрупп", {"Класс", "Подгруппа", "ФИО ученика", "СНИЛС ученика"});
  for (const auto& group : lyceum.subgroups) {
    groups.add({text(group.school_class), text(group.name), text(group.subject),
                text(lyceum.employees[group.teacher].person.full_name())});
    for (const auto pupil : group.members) {
      const auto& person = lyceum.pupils[pupil].person;
      members.add({text(group.school_class), text(group.name), text(person.full_name()), text(person.snils)});
    }
  }
  groups.write(folder);
  members.write(folder);
}

void assets(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet sheet("Материальная база",
              {"Инвентарный номер", "Наименование", "Вид", "Количество", "Аудитория", "Введено в эксплуатацию"});
  for (const auto& asset : lyceum.assets)
    sheet.add({text(asset.inventory_no), text(asset.name), text(asset.kind), text(fmt::format("{}", asset.quantity)),
               text(asset.room), date(asset.commissioned_on)});
  sheet.write(folder);
}

void lesson_plans(const Lyceum& lyceum, const std::filesystem::path& folder) {
  Sheet plans("Планы", {"Название", "Учебный год", "Предмет", "Параллель", "ФИО учителя", "Часов в год"});
  Sheet topics("Темы уроков", {"План", "№ п/п", "Раздел", "Тема урока", "Кол-во часов", "Дата (план)", "Вид контроля"});
  for (const auto& plan : lyceum.lesson_plans) {
    plans.add({text(plan.name), text(school_year(lyceum)), text(plan.subject), text(fmt::format("{}", plan.grade)),
               text(lyceum.employees[plan.teacher].person.full_name()), text(fmt::format("{}", plan.hours))});
    for (std::size_t i = 0; i < plan.topics.size(); ++i) {
      const auto& topic = plan.topics[i];
      topics.add({text(plan.name), text(fmt::format("{}", i + 1)), text(topic.section), text(topic.title),
                  text(fmt::format("{}", topic.hours)), date(topic.planned_on), text(topic.control)});
    }
  }
  plans.write(folder);
  topics.write(folder);
}

}  // namespace

void write_sheets(const Lyceum& lyceum, const std::filesystem::path& folder) {
  institution(lyceum, folder);
  rooms(lyceum, folder);
  employees(lyceum, folder);
  classes(lyceum, folder);
  pupils(lyceum, folder);
  parents(lyceum, folder);
  employments(lyceum, folder);
  clearances(lyceum, folder);
  achievements(lyceum, folder);
  consents(lyceum, folder);
  vacations(lyceum, folder);
  day_and_week(lyceum, folder);
  periods(lyceum, folder);
  subgroups(lyceum, folder);
  assets(lyceum, folder);
  lesson_plans(lyceum, folder);
}

}  // namespace eschool::demo
