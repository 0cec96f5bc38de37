#include "people/employee_routes.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "people/json_text.hpp"
#include "people/reminders.hpp"
#include "people/requests.hpp"
#include "people/telling.hpp"

namespace eschool::people {
namespace {

using plugin::Call;
using plugin::Fields;
using plugin::Reply;
using plugin::Request;

constexpr int furthest = 3650, usual = 60;

bool is_set(const Fields& row, std::string_view name) { return row[name].integer().value_or(0) != 0; }

std::string experience_json(const Experience& experience) {
  return JsonObject()
      .number("years", experience.years)
      .number("months", experience.months)
      .number("days", experience.days)
      .text("text", spoken(experience))
      .done();
}

using Holders = std::map<std::int64_t, Holder>;

/// Gives each employee the papers of a registry; false when the caller may not read it.
template <class Kind>
bool collect(const Call& call, const char* registry, const char* date, Holders& holders, Kind kind_of) {
  if (!call.access().may("read", registry)) return false;
  call.records().find(registry, "", [&](Fields row) {
    const auto holder = holders.find(row["employee"].integer().value_or(0));
    if (holder == holders.end()) return;
    if (const auto kind = kind_of(row))
      holder->second.papers.push_back({*kind, text(row, date), text(row, "valid_until")});
  });
  return true;
}

using Kind = Paper::Kind;

std::optional<Kind> kind_of_result(std::string_view result) {
  if (result == "conformity") return Kind::conformity;
  if (result.empty() || result == "refused" || result == "none") return {};
  return Kind::category;
}

const char* name_of(Reminder::Topic topic) {
  switch (topic) {
    case Reminder::Topic::attestation:
      return "attestation";
    case Reminder::Topic::course:
      return "course";
    case Reminder::Topic::medical:
      return "medical";
    default:
      return "criminal_record";
  }
}

const char* name_of(Reminder::State state) {
  switch (state) {
    case Reminder::State::missing:
      return "missing";
    case Reminder::State::overdue:
      return "overdue";
    default:
      return "soon";
  }
}

std::string sentence(const Reminder& reminder) {
  std::string text;
  switch (reminder.topic) {
    case Reminder::Topic::attestation:
      text = "Аттестация";
      break;
    case Reminder::Topic::course:
      text = "Повышение квалификации";
      break;
    case Reminder::Topic::medical:
      text = "Медицинский осмотр";
      break;
    case Reminder::Topic::criminal_record:
      text = "Справка об отсутствии судимости";
      break;
  }
  const auto day = text::iso_to_russian(reminder.due);
  if (reminder.state == Reminder::State::missing) return text + ": не указано";
  return text + (reminder.state == Reminder::State::overdue ? ": срок истёк " : ": срок истекает ") + day;
}

}  // namespace

Service service_of(Call& call, std::int64_t employee, std::string_view on) {
  Service service;
  std::string hired_on, teaching_since, dismissed_on;
  bool hidden = !call.access().may("read", "people.employment");
  if (!call.records().get("people.employee", employee, [&](Fields card) {
        hidden |= !card.has("hired_on");
        hired_on = text(card, "hired_on");
        teaching_since = text(card, "teaching_since");
        dismissed_on = text(card, "dismissed_on");
      }))
    call.fail(ES_NOT_FOUND, "not_found", "Такого сотрудника нет, или он вам не виден.");
  std::vector<Period> total, teaching, here;
  // A name and a post may be seen by everybody; the dates behind the sum may not.
  if (!hidden)
    call.records().find(
        "people.employment", "employee = ?",
        [&](Fields row) {
          hidden |= !row.has("starts_on");
          Period period{text(row, "starts_on"), text(row, "ends_on")};
          if (period.to.empty() && is_set(row, "here")) period.to = dismissed_on;
          if (is_set(row, "teaching")) teaching.push_back(period);
          if (is_set(row, "here")) here.push_back(period);
          total.push_back(std::move(period));
        },
        employee);
  if (hidden) call.fail(ES_DENIED, "denied", "Трудовая деятельность этого сотрудника вам не видна.");
  service.estimated = total.empty();
  if (service.estimated) {
    here.push_back({hired_on, dismissed_on});
    teaching.push_back({teaching_since, dismissed_on});
    total = {here.front(), teaching.front()};
  }
  service.total = experience_on(total, on);
  service.teaching = experience_on(teaching, on);
  service.here = experience_on(here, on);
  return service;
}

void show_experience(Call& call, const Request& request, Reply& reply) {
  const auto on = day_asked(call, request, "on");
  const auto service = service_of(call, record_id(call, request), on);
  reply.json(JsonObject()
                 .text("on", on)
                 .text("basis", service.estimated ? "card" : "employments")
                 .raw("total", experience_json(service.total))
                 .raw("teaching", experience_json(service.teaching))
                 .raw("here", experience_json(service.here))
                 .done());
}

void show_reminders(Call& call, const Request& request, Reply& reply) {
  const int days = number_asked(call, request, "days", 0, furthest, usual);
  Holders holders;
  std::map<std::int64_t, std::string> names;
  const auto note = [&](Fields card) {
    const auto id = card["id"].integer().value_or(0);
    auto& holder = holders[id];
    holder.hired_on = text(card, "hired_on");
    const auto group = text(card, "staff_group");
    holder.teaching = group == "teaching" || (group.empty() && !card["teaching_since"].is_null());
    // What an imported card says of the category is a paper like a row of attestations.
    if (const auto kind = kind_of_result(text(card, "category")); kind && !card["category_date"].is_null())
      holder.papers.push_back({*kind, text(card, "category_date"), {}});
    auto name = text(card, "surname") + " " + text(card, "given_name");
    if (const auto patronymic = text(card, "patronymic"); !patronymic.empty()) name += " " + patronymic;
    names[id] = std::move(name);
  };
  try {
    call.records().find("people.employee", "dismissed_on = null or dismissed_on >= @today", note);
  } catch (const plugin::Failure& failure) {
    // A parent sees an employee's name and post: the condition asks of him a field that he does not know.
    if (failure.status != ES_INVALID) throw;
    call.fail(ES_DENIED, "denied", "Сроки аттестаций, курсов и справок сотрудников вам не видны.");
  }
  const bool attestations = collect(call, "people.attestation", "decided_on", holders,
                                    [](const Fields& row) { return kind_of_result(row["result"].text()); });
  const bool courses =
      collect(call, "people.course", "ends_on", holders, [](const Fields&) { return std::optional(Kind::course); });
  const bool clearances =
      collect(call, "people.clearance", "passed_on", holders, [](const Fields& row) -> std::optional<Kind> {
        if (row["kind"].text() == "medical") return Kind::medical;
        if (row["kind"].text() == "criminal_record") return Kind::criminal_record;
        return {};
      });
  struct Line {
    std::int64_t employee;
    Reminder reminder;
  };
  std::vector<Line> lines;
  for (auto& [id, holder] : holders) {
    holder.knows_attestation = attestations;
    holder.knows_courses = courses;
    holder.knows_clearances = clearances;
    for (auto& reminder : reminders(holder, call.today(), days)) lines.push_back({id, std::move(reminder)});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.reminder.due < b.reminder.due; });
  JsonList items;
  for (const auto& [employee, reminder] : lines) {
    JsonObject item;
    item.number("employee", employee)
        .text("name", names[employee])
        .text("topic", name_of(reminder.topic))
        .text("state", name_of(reminder.state));
    if (reminder.due.empty())
      item.raw("due", "null");
    else
      item.text("due", reminder.due);
    items.add(item.text("text", sentence(reminder)).done());
  }
  reply.json(JsonObject().text("on", call.today()).raw("items", items.done()).done());
}

}  // namespace eschool::people
