#include "people/t2_routes.hpp"

#include <functional>
#include <map>

#include "people/employee_routes.hpp"
#include "people/requests.hpp"
#include "people/t2_card.hpp"
#include "people/telling.hpp"
#include "tabular/writer.hpp"

namespace eschool::people {
namespace {

using plugin::Call;
using plugin::Fields;
using plugin::Reply;
using plugin::Request;

using Labels = std::map<std::string_view, std::string_view>;

// The words of the form, which are not always those of the registries.
const Labels work_kinds{{"main", "основная"}, {"internal", "по совместительству"}, {"external", "по совместительству"}};
const Labels work_characters{{"permanent", "постоянно"}, {"fixed_term", "временно"}, {"seasonal", "сезонно"}};
const Labels sexes{{"male", "М"}, {"female", "Ж"}};
const Labels marriages{{"single", "не состоит в браке"},
                       {"married", "состоит в браке"},
                       {"divorced", "разведён (разведена)"},
                       {"widowed", "вдовец (вдова)"}};
const Labels language_degrees{{"reads", "читает и переводит со словарём"},
                              {"speaks", "читает и может объясняться"},
                              {"fluent", "владеет свободно"}};
const Labels education_levels{
    {"secondary", "среднее общее"},       {"vocational", "среднее профессиональное"},
    {"bachelor", "высшее (бакалавриат)"}, {"specialist", "высшее (специалитет)"},
    {"master", "высшее (магистратура)"},  {"postgraduate", "подготовка кадров высшей квалификации"}};
const Labels attestation_results{{"conformity", "соответствует занимаемой должности"},
                                 {"first", "первая квалификационная категория"},
                                 {"highest", "высшая квалификационная категория"},
                                 {"methodist", "педагог-методист"},
                                 {"mentor", "педагог-наставник"},
                                 {"refused", "не соответствует занимаемой должности"}};
const Labels course_kinds{{"qualification", "повышение квалификации"}, {"internship", "стажировка"}};
const Labels leave_kinds{{"annual", "ежегодный основной"},
                         {"extended", "ежегодный удлинённый"},
                         {"extra", "дополнительный"},
                         {"unpaid", "без сохранения заработной платы"},
                         {"study", "учебный"},
                         {"long", "длительный до одного года"},
                         {"maternity", "по беременности и родам"},
                         {"child_care", "по уходу за ребёнком"}};

std::string label(const Labels& labels, const Fields& row, std::string_view name) {
  const auto found = labels.find(row[name].text());
  return found == labels.end() ? std::string() : std::string(found->second);
}

std::string day(const Fields& row, std::string_view name) { return text::iso_to_russian(row[name].text()); }

std::string whole(const Fields& row, std::string_view name) {
  const auto number = row[name].integer();
  return number ? std::to_string(*number) : std::string();
}

/// «25 000,50»
std::string money(const Fields& row, std::string_view name) {
  const auto amount = row[name].real();
  if (!amount) return {};
  const auto cents = static_cast<long long>(*amount * 100 + 0.5);
  const auto rest = cents % 100;
  return std::to_string(cents / 100) + "," + (rest < 10 ? "0" : "") + std::to_string(rest);
}

std::string joined(std::initializer_list<std::string> parts, std::string_view between = " ") {
  std::string text;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

/// The rows of a registry of the card, as the caller may read them.
template <class Row>
void rows_of(Call& call, std::string_view registry, std::int64_t employee, Row&& row) {
  if (call.access().may("read", registry)) call.records().find(registry, "employee = ?", row, employee);
}

void add_organisation(Call& call, Card& card) {
  if (!call.access().may("read", "school.institution")) return;
  call.records().find("school.institution", "", [&](Fields row) {
    card.organisation = text(row, "full_name");
    card.okpo = text(row, "okpo");
  });
}

CardPart general(Call& call, const Fields& row, std::int64_t id) {
  CardPart part{"I. ОБЩИЕ СВЕДЕНИЯ", {}, {}, {}};
  auto& lines = part.lines;
  lines.emplace_back("Трудовой договор",
                     joined({text(row, "contract_no").empty() ? "" : "№ " + text(row, "contract_no"),
                             text(row, "contract_date").empty() ? "" : "от " + day(row, "contract_date")}));
  lines.emplace_back("1. Фамилия", text(row, "surname"));
  lines.emplace_back("Имя", text(row, "given_name"));
  lines.emplace_back("Отчество", text(row, "patronymic"));
  lines.emplace_back("2. Дата рождения", day(row, "birth_date"));
  lines.emplace_back("3. Место рождения", text(row, "birth_place"));
  lines.emplace_back("4. Гражданство", text(row, "citizenship"));
  std::string languages;
  rows_of(call, "people.language", id, [&](Fields item) {
    languages =
        joined({languages, joined({text(item, "language"), label(language_degrees, item, "degree")}, " — ")}, "\n");
  });
  lines.emplace_back("5. Знание иностранного языка", languages);
  return part;
}

CardPart educations(Call& call, std::int64_t id) {
  CardPart part{{},
                {{"6. Образование", ""}},
                {"Образование", "Учебное заведение", "Документ, серия и номер", "Год окончания", "Квалификация",
                 "Направление или специальность", "Код по ОКСО"},
                {}};
  rows_of(call, "people.education", id, [&](Fields row) {
    part.rows.push_back({label(education_levels, row, "level"), text(row, "institution"),
                         joined({text(row, "document"), text(row, "document_no")}), whole(row, "graduated_in"),
                         text(row, "qualification"), text(row, "speciality"), text(row, "speciality_code")});
  });
  return part;
}

CardPart work(Call& call, const Fields& row, std::int64_t id) {
  CardPart part;
  auto& lines = part.lines;
  lines.emplace_back("7. Профессия (основная)", text(row, "profession"));
  lines.emplace_back("(другая)", text(row, "other_profession"));
  const auto service = service_of(call, id, call.today());
  lines.emplace_back("8. Стаж работы по состоянию на", text::iso_to_russian(call.today()));
  lines.emplace_back("общий", spoken(service.total));
  lines.emplace_back("педагогический", spoken(service.teaching));
  lines.emplace_back("в этой организации", spoken(service.here));
  lines.emplace_back("9. Состояние в браке", label(marriages, row, "marital_status"));
  lines.emplace_back("10. Состав семьи", "");
  part.columns = {"Степень родства", "Фамилия, имя, отчество", "Год рождения"};
  rows_of(call, "people.family_member", id, [&](Fields item) {
    part.rows.push_back({text(item, "kinship"), text(item, "full_name"), whole(item, "birth_year")});
  });
  return part;
}

CardPart documents(const Fields& row) {
  CardPart part;
  part.lines = {{"11. Паспорт", text(row, "identity_document")},
                {"Дата выдачи", day(row, "document_issued_on")},
                {"Выдан", text(row, "document_issued_by")},
                {"12. Адрес места жительства по паспорту", text(row, "registration_address")},
                {"фактический", text(row, "address")},
                {"Телефон", text(row, "phone")}};
  return part;
}

CardPart military(const Fields& row) {
  return {"II. СВЕДЕНИЯ О ВОИНСКОМ УЧЁТЕ",
          {{"1. Категория запаса", text(row, "military_category")},
           {"2. Воинское звание", text(row, "military_rank")},
           {"3. Состав (профиль)", text(row, "military_composition")},
           {"4. Полное кодовое обозначение ВУС", text(row, "military_specialty")},
           {"5. Категория годности к военной службе", text(row, "military_fitness")},
           {"6. Наименование военного комиссариата", text(row, "military_office")},
           {"7. Состоит на воинском учёте", text(row, "military_record")},
           {"8. Отметка о снятии с воинского учёта", text(row, "military_removed")}},
          {},
          {}};
}

/// Parts III to IX, each of one registry.
std::vector<CardPart> tables(Call& call, std::int64_t id) {
  std::vector<CardPart> parts;
  parts.push_back({"III. ПРИЁМ НА РАБОТУ И ПЕРЕВОДЫ НА ДРУГУЮ РАБОТУ",
                   {},
                   {"Дата", "Структурное подразделение", "Должность, разряд, ставка", "Оклад, руб.", "Основание"},
                   {}});
  rows_of(call, "people.employment", id, [&](Fields row) {
    if (row["here"].integer().value_or(0) == 0) return;  // the form tells of this organisation
    parts.back().rows.push_back(
        {day(row, "starts_on"), text(row, "department"),
         joined({text(row, "post"), row["rate"].is_null() ? "" : money(row, "rate") + " ставки"}, ", "),
         money(row, "salary"),
         joined({text(row, "ground"), text(row, "order_no").empty() ? "" : "приказ № " + text(row, "order_no"),
                 text(row, "order_date").empty() ? "" : "от " + day(row, "order_date")})});
  });
  parts.push_back(
      {"IV. АТТЕСТАЦИЯ", {}, {"Дата аттестации", "Решение комиссии", "Протокол №", "Дата протокола", "Основание"}, {}});
  rows_of(call, "people.attestation", id, [&](Fields row) {
    parts.back().rows.push_back({day(row, "decided_on"), label(attestation_results, row, "result"),
                                 text(row, "protocol_no"), day(row, "protocol_date"), text(row, "ground")});
  });
  CardPart courses{"V. ПОВЫШЕНИЕ КВАЛИФИКАЦИИ",
                   {},
                   {"Начало", "Окончание", "Вид", "Учреждение", "Документ, серия и номер", "Дата", "Основание"},
                   {}};
  CardPart retraining{"VI. ПРОФЕССИОНАЛЬНАЯ ПЕРЕПОДГОТОВКА",
                      {},
                      {"Начало", "Окончание", "Специальность", "Документ, серия и номер", "Дата", "Основание"},
                      {}};
  rows_of(call, "people.course", id, [&](Fields row) {
    const auto document = joined({text(row, "document"), text(row, "document_no")});
    if (row["kind"].text() == "retraining")
      retraining.rows.push_back({day(row, "starts_on"), day(row, "ends_on"),
                                 joined({text(row, "speciality"), text(row, "topic")}, ", "), document,
                                 day(row, "document_date"), text(row, "ground")});
    else
      courses.rows.push_back({day(row, "starts_on"), day(row, "ends_on"),
                              joined({label(course_kinds, row, "kind"), text(row, "topic")}, ": "),
                              text(row, "institution"), document, day(row, "document_date"), text(row, "ground")});
  });
  parts.push_back(std::move(courses));
  parts.push_back(std::move(retraining));
  parts.push_back({"VII. НАГРАДЫ (ПООЩРЕНИЯ), ПОЧЁТНЫЕ ЗВАНИЯ", {}, {"Наименование награды", "Документ", "Дата"}, {}});
  rows_of(call, "people.award", id, [&](Fields row) {
    parts.back().rows.push_back({text(row, "title"), text(row, "document"), day(row, "awarded_on")});
  });
  parts.push_back({"VIII. ОТПУСК",
                   {},
                   {"Вид отпуска", "Период работы с", "по", "Календарных дней", "Начало", "Окончание", "Основание"},
                   {}});
  rows_of(call, "people.leave", id, [&](Fields row) {
    parts.back().rows.push_back({label(leave_kinds, row, "kind"), day(row, "period_from"), day(row, "period_to"),
                                 whole(row, "days"), day(row, "starts_on"), day(row, "ends_on"), text(row, "ground")});
  });
  parts.push_back({"IX. СОЦИАЛЬНЫЕ ЛЬГОТЫ, на которые работник имеет право в соответствии с законодательством",
                   {},
                   {"Наименование льготы", "Документ №", "Дата выдачи", "Основание"},
                   {}});
  rows_of(call, "people.benefit", id, [&](Fields row) {
    parts.back().rows.push_back(
        {text(row, "title"), text(row, "document_no"), day(row, "document_date"), text(row, "ground")});
  });
  return parts;
}

Card card_of(Call& call, std::int64_t id) {
  Card card;
  card.made_on = text::iso_to_russian(call.today());
  const auto fill = [&](Fields row) {
    if (!row.has("marital_status"))  // the personal part is not the caller's to see
      call.fail(ES_DENIED, "denied", "Личная карточка этого сотрудника вам не видна.");
    card.name = joined({text(row, "surname"), text(row, "given_name"), text(row, "patronymic")});
    card.codes = {{"Дата составления", card.made_on},
                  {"Табельный номер", text(row, "personnel_no")},
                  {"ИНН", text(row, "inn")},
                  {"СНИЛС", text(row, "snils")},
                  {"Характер работы", label(work_characters, row, "work_character")},
                  {"Вид работы", label(work_kinds, row, "work_kind")},
                  {"Пол", label(sexes, row, "sex")}};
    card.parts.push_back(general(call, row, id));
    card.parts.push_back(educations(call, id));
    card.parts.push_back(work(call, row, id));
    card.parts.push_back(documents(row));
    card.parts.push_back(military(row));
    for (auto& part : tables(call, id)) card.parts.push_back(std::move(part));
    card.parts.push_back({"X. ДОПОЛНИТЕЛЬНЫЕ СВЕДЕНИЯ", {{"", text(row, "extra_notes")}}, {}, {}});
    card.parts.push_back(
        {"XI. ОСНОВАНИЕ ПРЕКРАЩЕНИЯ ТРУДОВОГО ДОГОВОРА (УВОЛЬНЕНИЯ)",
         {{"Основание", text(row, "dismissal_ground")},
          {"Дата увольнения", day(row, "dismissed_on")},
          {"Приказ (распоряжение)",
           joined({text(row, "dismissal_order_no").empty() ? "" : "№ " + text(row, "dismissal_order_no"),
                   text(row, "dismissal_order_date").empty() ? "" : "от " + day(row, "dismissal_order_date")})}},
         {},
         {}});
  };
  if (!call.records().get("people.employee", id, fill))
    call.fail(ES_NOT_FOUND, "not_found", "Такого сотрудника нет, или он вам не виден.");
  add_organisation(call, card);
  return card;
}

}  // namespace

void show_t2_page(Call& call, const Request& request, Reply& reply) {
  const auto page = card_page(card_of(call, record_id(call, request)), "../../t2.css");
  reply.head(200, "text/html; charset=utf-8");
  reply.append(page);
}

void show_t2_file(Call& call, const Request& request, Reply& reply) {
  const auto card = card_of(call, record_id(call, request));
  std::vector<std::vector<tabular::Cell>> rows;
  for (const auto& row : card_rows(card)) {
    std::vector<tabular::Cell> cells;
    for (const auto& text : row) cells.push_back(tabular::Cell::of_text(text));
    rows.push_back(std::move(cells));
  }
  const std::vector<tabular::Column> columns{
      {"Раздел", 40, false, true}, {"Показатель", 40, false, true}, {"Значение", 80, false, true}};
  const auto bytes = tabular::write_xlsx("Форма Т-2", columns, rows);
  reply.head(200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  reply.append(bytes);
}

void show_t2_style(Call&, const Request&, Reply& reply) {
  reply.head(200, "text/css; charset=utf-8");
  reply.append(card_style());
}

}  // namespace eschool::people
