// Who may do what: every role, every registry, every action, each really asked over HTTP. The table is written by hand
// from section 3 of the regulation and from what parents and pupils are owed; it is not computed from etc/roles.json.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "installation.hpp"

using namespace eschool::test;

namespace {

const std::vector<std::string> registries{"school.institution",  "school.building",   "school.room",
                                          "school.year",         "school.class",      "people.person",
                                          "people.employee",     "people.student",    "people.guardian",
                                          "people.guardianship", "people.employment", "people.class_membership"};

// Four letters a registry: read, create, update, archive. a: any record; o: only those that are one's own, which for a
// class teacher are those of the class; -: none.
const std::vector<std::pair<std::string, std::string>> table{
    //                  institution building room year class person employee student guardian guardianship employment
    //                  membership
    {"director", "a---       a---     a---  a---  a---  a---   a---     a---    a---     a---         a---       a---"},
    {"deputy", "a-a-       aaaa     aaaa  a---  aaaa  a---   a---     aaaa    aaaa     aaaa         a---       aaaa"},
    {"sysadmin", "a---       a---     a---  a---  a---  a---   a---     a---    a---     ----         ----       ----"},
    {"homeroom_teacher",
     "a---       a---     a---  a---  a---  o-o-   a---     o-o-    o-o-     o-o-         o---       o---"},
    {"teacher", "a---       a---     a---  a---  a---  o-o-   a---     a---    ----     ----         o---       ----"},
    {"operator", "aaa-       aaa-     aaa-  a---  aaa-  aaa-   aaa-     aaa-    aaa-     aaa-         aaa-       aaa-"},
    {"hr", "a---       a---     a---  a---  a---  o-o-   aaaa     ----    ----     ----         aaaa       ----"},
    {"student", "a---       ----     ----  a---  o---  o---   o---     o---    ----     ----         ----       o---"},
    {"guardian", "a---       ----     ----  a---  o---  o-o-   o---     o---    o-o-     o---         ----       o---"},
    {"administrator",
     "aaaa       aaaa     aaaa  aaaa  aaaa  aaaa   aaaa     aaaa    aaaa     aaaa         aaaa       aaaa"},
};

/// Registries in which a role sees all records or none: one line each, the roles across. In `body` and `change` # is a
/// number that nobody has yet, $registry the number of the record of that registry which
/// nobody owns, +registry that of a new one, %field the lowest number that no record has there, and ! the same number
/// in two digits.
struct Line {
  std::string registry, rights, body, change;
};

/// Registries of what belongs to somebody, @ in `body` being whose it is: an employee, or of consents a person, and
/// &registry a new record of that registry which is the same one's.
const std::vector<Line>& belongings();
const std::vector<std::string> roles_across{"administrator", "director", "deputy", "sysadmin", "homeroom_teacher",
                                            "teacher",       "operator", "hr",     "student",  "guardian"};
const std::vector<Line> lines{
    // clang-format off
    //                          admin dir  dep  sys  hom  tea  ope  hr   stu  gua
    {"school.institution_type", "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Тип #"})", R"({"note":"#"})"},
    {"school.post",             "aaaa a--- a--- a--- a--- a--- aaa- aaa- a--- a---", R"({"name":"Должность #","category":"other"})", R"({"note":"#"})"},
    {"school.document_kind",    "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Документ #","purpose":"other"})", R"({"note":"#"})"},
    {"school.departure_reason", "aaaa a--- a--- a--- a--- ---- aaa- aaa- ---- ----", R"({"name":"Причина #","whose":"student"})", R"({"note":"#"})"},
    {"school.citizenship",      "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Страна #"})", R"({"note":"#"})"},
    {"school.language",         "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Язык #"})", R"({"note":"#"})"},
    {"school.award_level",      "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Уровень #","rank":5})", R"({"note":"#"})"},
    {"school.award_kind",       "aaaa a--- a--- a--- a--- a--- aaa- aaa- a--- a---", R"({"name":"Награда #"})", R"({"note":"#"})"},
    {"school.profile",          "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Профиль #"})", R"({"note":"#"})"},
    {"school.asset_kind",       "aaaa a--- aaaa a--- a--- a--- aaa- a--- ---- ----", R"({"name":"Вид #","group":"other"})", R"({"note":"#"})"},
    {"school.permit",           "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"institution":$school.institution,"kind":"licence","number":"Л-#"})", R"({"issuer":"#"})"},
    {"school.period_plan",      "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Деление #","kind":"quarter"})", R"({"name":"План #"})"},
    {"school.period",           "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"plan":+school.period_plan,"number":1,"starts_on":"2026-09-01","ends_on":"2026-09-30"})", R"({"name":"Период #"})"},
    {"school.vacation",         "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Каникулы #","year":$school.year,"kind":"extra","grade_from":%grade_from,"grade_to":%grade_from,"starts_on":"2027-02-15","ends_on":"2027-02-21"})", R"({"name":"Отдых #"})"},
    {"school.day_off",          "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"date":"20!-06-01","kind":"non_working"})", R"({"name":"#"})"},
    {"school.shift",            "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"number":%number})", R"({"name":"Смена #"})"},
    {"school.bell",             "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"shift":$school.shift,"lesson":%lesson,"starts_at":"!:00","ends_at":"!:40"})", R"({"starts_at":"01:00"})"},
    {"school.work_week",        "aaaa a--- a--- a--- a--- a--- aaa- a--- a--- a---", R"({"year":$school.year,"days":5,"grade_from":%grade_from,"grade_to":%grade_from})", R"({"days":6})"},
    {"school.room_equipment",   "aaaa a--- aaaa a--- a--- a--- aaa- a--- ---- ----", R"({"room":$school.room,"name":"Прибор #"})", R"({"name":"Прибор #"})"},
    {"curriculum.area",         "aaaa a--- aaaa a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Область #"})", R"({"note":"#"})"},
    {"curriculum.subject",      "aaaa a--- aaaa a--- a--- a--- aaa- a--- a--- a---", R"({"name":"Предмет #"})", R"({"note":"#"})"},
    {"school.asset",            "aaaa a--- aaaa a--- a--- a--- aaa- a--- ---- ----", R"({"inventory_no":"И-#","name":"Стол"})", R"({"note":"#"})"},
    // clang-format on
};

const std::vector<Line>& belongings() {
  static const std::vector<Line> all{
      // clang-format off
      //                         admin dir  dep  sys  hom  tea  ope  hr   stu  gua
      {"people.award",           "aaaa a--- aaa- ---- a--- a--- aaa- aaaa ---- ----", R"({"employee":@,"kind":"school","title":"Грамота #"})", R"({"issuer":"#"})"},
      {"people.education",       "aaaa a--- a--- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"level":"master","institution":"Вуз #"})", R"({"document":"#"})"},
      {"people.language",        "aaaa a--- a--- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"language":"язык #","degree":"fluent"})", R"({"language":"язык #"})"},
      {"people.family_member",   "aaaa a--- ---- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"kinship":"сын","full_name":"Имя"})", R"({"birth_year":19!})"},
      {"people.attestation",     "aaaa a--- aaa- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"decided_on":"20!-02-03","result":"first"})", R"({"protocol_no":"#"})"},
      {"people.course",          "aaaa a--- aaa- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"kind":"qualification","topic":"Тема #","ends_on":"2025-05-06"})", R"({"institution":"#"})"},
      {"people.leave",           "aaaa a--- a--- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"kind":"annual","starts_on":"20!-07-01","ends_on":"20!-07-10"})", R"({"ground":"#"})"},
      {"people.benefit",         "aaaa a--- ---- ---- o--- o--- ---- aaaa ---- ----", R"({"employee":@,"title":"Льгота #"})", R"({"document_no":"#"})"},
      {"people.clearance",       "aaaa a--- ---- ---- o--- o--- aaa- aaaa ---- ----", R"({"employee":@,"kind":"medical","passed_on":"20!-08-09"})", R"({"document":"#"})"},
      {"people.methodical_work", "aaaa a--- aaa- ---- oooo oooo aaa- aaaa ---- ----", R"({"employee":@,"kind":"publication","topic":"Статья #"})", R"({"place":"#"})"},
      {"people.extracurricular", "aaaa a--- aaa- ---- oooo oooo aaa- aaaa ---- ----", R"({"employee":@,"kind":"olympiad","title":"Кружок #"})", R"({"result":"#"})"},
      {"people.charge",          "aaaa a--- a--- ---- a--- a--- aaa- aaaa ---- ----", R"({"employee":@,"kind":"room","title":"Кабинет #"})", R"({"document":"#"})"},
      {"curriculum.lesson_plan", "aaaa a--- aaaa ---- a--- aooo aaa- ---- ---- ----", R"({"name":"План #","year":$school.year,"subject":$curriculum.subject,"grade":8,"teacher":@})", R"({"note":"#"})"},
      {"curriculum.topic",       "aaaa a--- aaaa ---- a--- aooo aaa- ---- ---- ----", R"({"plan":&curriculum.lesson_plan,"number":1,"title":"Тема #"})", R"({"note":"#"})"},
      {"people.consent",         "aaaa a--- a--- ---- ooo- o--- aaa- oooo o--- o---", R"({"person":@,"purpose":"photo","given_on":"20!-09-01"})", R"({"valid_until":"20!-12-31"})"},
      // clang-format on
  };
  return all;
}

const Line* belonging(const std::string& registry) {
  for (const auto& line : belongings())
    if (line.registry == registry) return &line;
  return nullptr;
}

const Line* line_of(const std::string& registry) {
  for (const auto& line : lines)
    if (line.registry == registry) return &line;
  return belonging(registry);
}

std::string numbered(std::string text, int number) {
  for (std::size_t at = 0; (at = text.find('#', at)) != std::string::npos;) text.replace(at, 1, std::to_string(number));
  return text;
}

/// Two digits in place of each !, for dates and years.
std::string dated(std::string text, int number) {
  for (std::size_t at = 0; (at = text.find('!', at)) != std::string::npos;)
    text.replace(at, 1, std::to_string(10 + number % 16));
  return text;
}

/// A change that whoever may change the record at all may make.
std::string change(const std::string& registry, int round) {
  if (const auto* line = line_of(registry)) return dated(numbered(line->change, 1000 + round), round);
  const auto digits = std::to_string(1000000 + round);
  const std::map<std::string, std::string> bodies{
      {"school.institution", R"({"site":"https://school)" + digits + R"(.example"})"},
      {"school.building", R"({"address":"ул. Садовая, )" + digits + R"("})"},
      {"school.room", R"({"name":"Кабинет )" + digits + R"("})"},
      {"school.year", R"({"current":true})"},
      {"school.class", R"({"planned_size":)" + std::to_string(20 + round % 50) + "}"},
      {"people.person", R"({"email":"m)" + digits + R"(@school.example"})"},
      {"people.employee", R"({"post":"учитель )" + digits + R"("})"},
      {"people.student", R"({"phone":"+7921)" + digits + R"("})"},
      {"people.guardian", R"({"phone":"+7921)" + digits + R"("})"},
      {"people.guardianship", std::string(R"({"kinship":")") + (round % 2 ? "aunt" : "uncle") + R"("})"},
      {"people.employment", R"({"department":"Отдел )" + digits + R"("})"},
      {"people.class_membership", R"({"entry_order_no":")" + digits + R"("})"},
  };
  return bodies.at(registry);
}

/// What the matrix is asked of: for each role the own record and another's, found as the administrator.
class School {
 public:
  School() : administrator_(shared_installation().as("administrator")) {
    const auto& admin = administrator_;
    if (admin.ids("school.building").empty()) must(admin.post(records("school.building"), R"({"name":"Корпус"})"));
    if (admin.ids("school.room").empty()) must(admin.post(records("school.room"), R"({"number":"101"})"));
    if (admin.ids("school.year").empty()) must(admin.post(records("school.year"), R"({"name":"2026/2027"})"));

    const auto by_name = [&](const std::string& registry, const std::string& surname, const std::string& given) {
      return admin.first(registry, "surname = '" + surname + "' and given_name = '" + given + "'");
    };
    const auto linked = [&](std::int64_t student, const std::string& more = {}) {
      return admin.first("people.guardianship", "student = " + std::to_string(student) + more);
    };
    const auto reference = [&](const std::string& registry, std::int64_t id, const char* field) {
      return admin.get(records(registry, id)).json().at(field).at("id").as_int64();
    };

    const auto led = admin.first("school.class", "homeroom_teacher.surname = 'Маслова'");
    const auto roman = by_name("people.student", "Глушко", "Роман");
    const auto romans_class = reference("people.student", roman, "class");
    const auto katerina = by_name("people.guardian", "Глушко", "Екатерина");

    auto& teacher = own_["homeroom_teacher"];
    teacher["people.student"] = admin.first("people.student", "class = " + std::to_string(led));
    teacher["people.guardianship"] = linked(teacher["people.student"]);
    teacher["people.guardian"] = reference("people.guardianship", teacher["people.guardianship"], "guardian");
    teacher["people.person"] = by_name("people.person", "Маслова", "Вера");
    own_["teacher"]["people.person"] = by_name("people.person", "Барсукова", "Елена");

    auto& pupil = own_["student"];
    pupil["people.student"] = roman;
    pupil["people.person"] = by_name("people.person", "Глушко", "Роман");
    pupil["school.class"] = romans_class;
    pupil["people.employee"] = reference("school.class", romans_class, "homeroom_teacher");

    auto& mother = own_["guardian"];
    mother = pupil;
    mother["people.person"] = by_name("people.person", "Глушко", "Екатерина");
    mother["people.guardian"] = katerina;
    mother["people.guardianship"] = linked(roman, " and guardian = " + std::to_string(katerina));

    // Nobody's of the roles above: a pupil of a third class, whose parents have no child elsewhere.
    for (const auto id : admin.ids("people.student", "class != " + std::to_string(led) + " and class != " +
                                                         std::to_string(romans_class) + " and surname != 'Глушко'")) {
      const auto link = linked(id);
      const auto guardian = reference("people.guardianship", link, "guardian");
      const bool teacher_too =
          !admin.ids("people.employee", "person = " + std::to_string(reference("people.guardian", guardian, "person")))
               .empty();
      if (teacher_too || admin.ids("people.guardianship", "guardian = " + std::to_string(guardian)).size() > 1)
        continue;
      foreign_ = {{"people.student", id},
                  {"people.guardianship", link},
                  {"people.guardian", guardian},
                  {"people.person", reference("people.student", id, "person")},
                  {"school.class", reference("people.student", id, "class")}};
      break;
    }
    foreign_["people.employee"] = admin.first("people.employee", "surname = 'Соловьев'");
    // Each teacher of the roles above and another have a row of employment; the movements came with the file of pupils.
    const auto employed = [&](std::int64_t employee) {
      const auto body = R"({"employee":)" + std::to_string(employee) + R"(,"post":"учитель","starts_on":"2020-09-01"})";
      return must(admin.post(records("people.employment"), body)).json().at("id").as_int64();
    };
    teacher["people.employment"] = employed(by_name("people.employee", "Маслова", "Вера"));
    own_["teacher"]["people.employment"] = employed(by_name("people.employee", "Барсукова", "Елена"));
    foreign_["people.employment"] = employed(foreign_["people.employee"]);
    const auto movement = [&](std::int64_t student) {
      return admin.first("people.class_membership", "student = " + std::to_string(student));
    };
    teacher["people.class_membership"] = movement(teacher["people.student"]);
    pupil["people.class_membership"] = mother["people.class_membership"] = movement(roman);
    foreign_["people.class_membership"] = movement(foreign_["people.student"]);
    own_["hr"]["people.person"] = by_name("people.person", "Маслова", "Вера");
    owners_["homeroom_teacher"] = {by_name("people.employee", "Маслова", "Вера"),
                                   reference("people.student", teacher["people.student"], "person")};
    owners_["teacher"] = {by_name("people.employee", "Барсукова", "Елена"), own_["teacher"]["people.person"]};
    owners_["hr"] = {0, own_["hr"]["people.person"]};
    owners_["student"] = owners_["guardian"] = {0, pupil["people.person"]};
    for (const auto& line : belongings()) {
      foreign_[line.registry] = fresh(line.registry);
      for (const auto& [role, owner] : owners_)
        if (const auto body = own_body(role, line.registry); !body.empty())
          own_[role][line.registry] = must(admin.post(records(line.registry), body)).json().at("id").as_int64();
    }
    for (const auto* registry : {"school.institution", "school.building", "school.room", "school.year"})
      foreign_[registry] = admin.first(registry);
    for (const auto& line : lines) foreign_[line.registry] = fresh(line.registry);
  }

  const Client& administrator() const { return administrator_; }
  std::int64_t own(const std::string& role, const std::string& registry) const {
    const auto of_role = own_.find(role);
    if (of_role == own_.end()) return 0;
    const auto found = of_role->second.find(registry);
    return found == of_role->second.end() ? 0 : found->second;
  }
  std::int64_t foreign(const std::string& registry) const { return foreign_.at(registry); }

  /// The body of something that belongs to whom the role stands for; empty: to nobody.
  std::string own_body(const std::string& role, const std::string& registry) {
    const auto* line = belonging(registry);
    const auto owner = owners_.find(role);
    if (!line || owner == owners_.end()) return {};
    const auto id = registry == "people.consent" ? owner->second.person : owner->second.employee;
    return id ? of_owner(*line, id) : std::string();
  }

  /// The body of a record that nobody has yet.
  std::string fresh_body(const std::string& registry) {
    if (const auto* line = belonging(registry))
      return of_owner(*line, foreign_[registry == "people.consent" ? "people.person" : "people.employee"]);
    const auto number = std::to_string(++made_);
    if (const auto* line = line_of(registry)) {
      return filled(registry, numbered(line->body, made_));
    }
    const auto person = R"({"surname":"Новиков","given_name":"Номер","patronymic":")" + letters(made_) + R"("})";
    if (registry == "school.institution") return R"({"full_name":"Лицей № )" + number + R"("})";
    if (registry == "school.building") return R"({"name":"Корпус )" + number + R"("})";
    if (registry == "school.room") return R"({"number":"М-)" + number + R"("})";
    if (registry == "school.year") {
      const int begins = 2030 + years_++;
      return R"({"name":")" + std::to_string(begins) + "/" + std::to_string(begins + 1) + R"("})";
    }
    if (registry == "school.class") return R"({"name":"7-)" + letters(made_) + R"("})";
    if (registry == "people.employment")
      return R"({"employee":)" + std::to_string(foreign_["people.employee"]) +
             R"(,"post":"учитель","starts_on":"2021-09-01"})";
    if (registry == "people.class_membership")
      return R"({"student":)" + std::to_string(fresh("people.student")) + R"(,"class":)" +
             std::to_string(foreign_["school.class"]) + R"(,"since":"2026-09-01"})";
    if (registry != "people.guardianship") return person;
    const auto student = fresh("people.student"), guardian = fresh("people.guardian");
    return R"({"student":)" + std::to_string(student) + R"(,"guardian":)" + std::to_string(guardian) + "}";
  }
  std::int64_t fresh(const std::string& registry) {
    return must(administrator_.post(records(registry), fresh_body(registry))).json().at("id").as_int64();
  }

 private:
  static Response must(Response response) {
    if (response.status != 201) throw std::runtime_error(response.body);
    return response;
  }
  std::string filled(const std::string& registry, std::string body) {
    std::string lowest;
    for (std::size_t at = 0; (at = body.find_first_of("$+%", at)) != std::string::npos;) {
      const auto end = body.find_first_of(",}", at);
      const auto name = body.substr(at + 1, end - at - 1);
      std::string number;
      if (body[at] == '%') {
        // A school has three shifts and eleven grades; who finds none free is refused by his rights before that.
        const int most = registry == "school.shift" ? 3 : 11;
        int free = 1;
        while (free < most && !administrator_.ids(registry, name + " = " + std::to_string(free)).empty()) ++free;
        lowest = number = std::to_string(free);
      } else {
        const auto known = body[at] == '+' ? std::vector<std::int64_t>() : administrator_.ids(name);
        number = std::to_string(known.empty() ? fresh(name)
                                : body[at] == '$' && foreign_.contains(name) &&
                                        std::find(known.begin(), known.end(), foreign_.at(name)) != known.end()
                                    ? foreign_.at(name)
                                    : known.front());
      }
      body.replace(at, end - at, number);
    }
    if (lowest.empty()) lowest = std::to_string(30 + made_ % 60);
    for (std::size_t at = 0; (at = body.find('!')) != std::string::npos;)
      body.replace(at, 1, lowest.size() == 1 ? "0" + lowest : lowest);
    return body;
  }
  /// 27 as «ааб»: a name may have no digits.
  static std::string letters(int number) {
    static const std::vector<std::string> alphabet{"а", "б", "в", "г", "д", "е", "и", "к", "л", "м"};
    std::string text;
    for (const char digit : std::to_string(1000 + number)) text += alphabet[static_cast<std::size_t>(digit - '0')];
    return text;
  }

  std::string of_owner(const Line& line, std::int64_t id) {
    ++made_;
    auto body = filled(line.registry, dated(numbered(line.body, made_), made_));
    if (const auto at = body.find('&'); at != std::string::npos) {
      const auto end = body.find(',', at);
      const auto of = body.substr(at + 1, end - at - 1);
      const auto record = must(administrator_.post(records(of), of_owner(*belonging(of), id))).json();
      return body.replace(at, end - at, std::to_string(record.at("id").as_int64()));
    }
    return body.replace(body.find('@'), 1, std::to_string(id));
  }

  struct Owner {
    std::int64_t employee = 0, person = 0;
  };
  Client administrator_;
  std::map<std::string, Owner> owners_;  ///< by role
  std::map<std::string, std::map<std::string, std::int64_t>> own_;
  std::map<std::string, std::int64_t> foreign_;
  int made_ = 0, years_ = 0;
};

School& school() {
  static School instance;
  return instance;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list;
}

struct Cell {
  std::string role, registry;
  char read, create, update, archive;
};

std::vector<Cell> cells() {
  std::vector<Cell> list;
  for (const auto& [role, line] : table) {
    const auto rights = words(line);
    REQUIRE(rights.size() == registries.size());
    for (std::size_t i = 0; i < registries.size(); ++i)
      list.push_back({role, registries[i], rights[i][0], rights[i][1], rights[i][2], rights[i][3]});
  }
  for (const auto* all : {&lines, &belongings()})
    for (const auto& line : *all) {
      const auto rights = words(line.rights);
      REQUIRE(rights.size() == roles_across.size());
      for (std::size_t i = 0; i < rights.size(); ++i)
        list.push_back({roles_across[i], line.registry, rights[i][0], rights[i][1], rights[i][2], rights[i][3]});
    }
  return list;
}

/// Calls `ask` with a client of the cell's role; logs in once a role.
template <class Function>
void each_cell(Function ask) {
  std::map<std::string, Client> clients;
  for (const auto& cell : cells()) {
    auto client = clients.find(cell.role);
    if (client == clients.end()) client = clients.emplace(cell.role, shared_installation().as(cell.role)).first;
    CAPTURE(cell.role);
    CAPTURE(cell.registry);
    ask(cell, client->second);
  }
}

/// What the answer to an action on a record must be: unseen records answer as if they were not there.
int expected(char right, char read, bool own) {
  if (right == 'a' || (right == 'o' && own)) return 200;
  return read == 'a' || (read == 'o' && own) ? 403 : 404;
}

}  // namespace

TEST_CASE("read") {
  each_cell([](const Cell& cell, const Client& client) {
    CHECK(client.get(records(cell.registry)).status == (cell.read == '-' ? 403 : 200));
    CHECK(client.get("/api/v1/schemas/" + cell.registry).status == (cell.read == '-' ? 404 : 200));
    CHECK(client.get(records(cell.registry, school().foreign(cell.registry))).status ==
          expected(cell.read, '-', false));
    if (const auto own = school().own(cell.role, cell.registry))
      CHECK(client.get(records(cell.registry, own)).status == expected(cell.read, '-', true));
    else
      CHECK(cell.read != 'o');
  });
}

TEST_CASE("update") {
  int round = 0;
  each_cell([&](const Cell& cell, const Client& client) {
    const auto ask = [&](std::int64_t id, bool own) {
      const auto reply = client.patch(records(cell.registry, id), change(cell.registry, ++round));
      INFO(reply.body);
      CHECK(reply.status == expected(cell.update, cell.read, own));
    };
    ask(school().foreign(cell.registry), false);
    if (const auto own = school().own(cell.role, cell.registry)) ask(own, true);
  });
}

TEST_CASE("what may be done with a record is told before it is tried") {
  each_cell([&](const Cell& cell, const Client& client) {
    const auto ask = [&](std::int64_t id, bool own) {
      const auto told = client.get(records(cell.registry, id) + "/rights");
      INFO(told.body);
      REQUIRE(told.status == expected(cell.read, '-', own));
      if (told.status != 200) return;
      CHECK(told.json().at("update").as_bool() == (expected(cell.update, cell.read, own) == 200));
      CHECK(told.json().at("archive").as_bool() == (expected(cell.archive, cell.read, own) == 200));
    };
    ask(school().foreign(cell.registry), false);
    if (const auto own = school().own(cell.role, cell.registry)) ask(own, true);
  });
  // Of rows that are the record's own, also.
  const auto rows = [](const char* role, const char* registry, const char* field, bool own) {
    const auto id = own ? school().own(role, registry) : school().foreign(registry);
    const auto told = shared_installation().as(role).get(records(registry, id) + "/rights");
    REQUIRE_MESSAGE(told.status == 200, told.body);
    const auto given = told.json().at("children").at(field);
    CHECK(given.at("create") == given.at("update"));
    return given.at("create").as_bool();
  };
  CHECK(rows("teacher", "curriculum.lesson_plan", "topics", true));
  CHECK_FALSE(rows("teacher", "curriculum.lesson_plan", "topics", false));
  CHECK(rows("administrator", "curriculum.lesson_plan", "topics", false));
  CHECK_FALSE(rows("director", "curriculum.lesson_plan", "topics", false));
  CHECK(rows("homeroom_teacher", "people.student", "achievements", true));
  CHECK_FALSE(rows("guardian", "people.student", "achievements", true));
}

TEST_CASE("archive") {
  each_cell([](const Cell& cell, const Client& client) {
    if (cell.archive == 'a') {
      // Of an institution there is one: what is taken away is made anew by the next test.
      const auto id =
          cell.registry == "school.institution" ? school().foreign(cell.registry) : school().fresh(cell.registry);
      CHECK(client.remove(records(cell.registry, id)).status == 200);
      return;
    }
    CHECK(client.remove(records(cell.registry, school().foreign(cell.registry))).status ==
          expected('-', cell.read, false));
    if (cell.archive == 'o') {
      const auto made =
          school().administrator().post(records(cell.registry), school().own_body(cell.role, cell.registry));
      REQUIRE_MESSAGE(made.status == 201, made.body);
      CHECK(client.remove(records(cell.registry, made.json().at("id").as_int64())).status == 200);
    } else if (const auto own = school().own(cell.role, cell.registry)) {
      CHECK(client.remove(records(cell.registry, own)).status == expected('-', cell.read, true));
    }
  });
}

TEST_CASE("create") {
  bool institution = !school().administrator().ids("school.institution").empty();
  each_cell([&](const Cell& cell, const Client& client) {
    const auto reply = client.post(records(cell.registry), school().fresh_body(cell.registry));
    INFO(reply.body);
    const bool second = cell.registry == "school.institution" && institution;
    if (cell.create == 'o') {  // not for others, but for one's own
      CHECK(reply.status != 201);
      CHECK(client.post(records(cell.registry), school().own_body(cell.role, cell.registry)).status == 201);
      return;
    }
    CHECK(reply.status == (cell.create == '-' ? 403 : second ? 409 : 201));
    institution |= reply.status == 201 && cell.registry == "school.institution";
  });
}

TEST_CASE("what a list shows can be opened, and nothing else") {
  each_cell([](const Cell& cell, const Client& client) {
    const auto shown = cell.read == '-' ? std::vector<std::int64_t>() : client.ids(cell.registry);
    std::vector<std::int64_t> opened;
    for (const auto id : school().administrator().ids(cell.registry))
      if (client.get(records(cell.registry, id)).status == 200) opened.push_back(id);
    auto listed = shown;
    std::sort(listed.begin(), listed.end());
    std::sort(opened.begin(), opened.end());
    CHECK(listed == opened);
    CHECK(listed.empty() == (cell.read == '-'));
  });
}
