#include "people/person_routes.hpp"

#include <map>
#include <string>
#include <vector>

#include "people/duplicates.hpp"
#include "people/json_text.hpp"
#include "people/requests.hpp"
#include "people/telling.hpp"

namespace eschool::people {
namespace {

using plugin::Call;
using plugin::Fields;
using plugin::Reply;
using plugin::Request;

std::string person_json(const PersonTraits& person) {
  auto name = person.surname + " " + person.given_name;
  if (!person.patronymic.empty()) name += " " + person.patronymic;
  JsonObject object;
  object.number("id", person.id).text("name", name);
  if (!person.birth_date.empty()) object.text("birth_date", person.birth_date);
  return object.done();
}

using Counts = std::map<std::string, int>;

std::string counts_json(const Counts& counts) {
  JsonObject object;
  for (const auto& [name, count] : counts) object.number(name, count);
  return object.done();
}

/// "2026/2027" of a day: school years begin on 1 September.
std::string school_year_of(const std::string& day) {
  if (day.size() != 10) return {};
  const int year = std::stoi(day.substr(0, 4)) - (day.substr(5, 2) < "09" ? 1 : 0);
  return std::to_string(year) + "/" + std::to_string(year + 1);
}

}  // namespace

void show_duplicates(Call& call, const Request& request, Reply& reply) {
  const int limit = number_asked(call, request, "limit", 1, 1000, 100);
  std::vector<PersonTraits> people;
  std::map<std::int64_t, std::size_t> places;
  call.records().find("people.person", "", [&](Fields row) {
    const auto id = row["id"].integer().value_or(0);
    places[id] = people.size();
    people.push_back({id, text(row, "surname"), text(row, "given_name"), text(row, "patronymic"), text(row, "sex"),
                      text(row, "birth_date"), text(row, "snils"), text(row, "phone"), text(row, "email")});
  });
  JsonList items;
  for (const auto& pair : candidates(people, static_cast<std::size_t>(limit))) {
    JsonList reasons;
    for (const auto& reason : pair.likeness.reasons) {
      std::string quoted;
      append_json_text(quoted, reason);
      reasons.add(quoted);
    }
    items.add(JsonObject()
                  .raw("first", person_json(people[places[pair.first]]))
                  .raw("second", person_json(people[places[pair.second]]))
                  .number("score", pair.likeness.score)
                  .raw("reasons", reasons.done())
                  .done());
  }
  reply.json(JsonObject().raw("items", items.done()).done());
}

void show_charts(Call& call, const Request& request, Reply& reply) {
  const auto student = record_id(call, request);
  if (!call.records().get("people.student", student, [](Fields) {}))
    call.fail(ES_NOT_FOUND, "not_found", "Такого ученика нет, или он вам не виден.");
  if (!call.access().may("read", "people.achievement"))
    call.fail(ES_DENIED, "denied", "Достижения учеников вам не видны.");
  int total = 0;
  std::map<std::string, Counts> years;
  Counts results, kinds;
  call.records().find(
      "people.achievement", "student = ?",
      [&](Fields row) {
        ++total;
        ++years[school_year_of(text(row, "received_on"))][text(row, "level")];
        if (!row["result"].is_null()) ++results[text(row, "result")];
        ++kinds[text(row, "kind")];
      },
      student);
  JsonList by_year;
  for (const auto& [year, levels] : years) {
    int sum = 0;
    for (const auto& [level, count] : levels) sum += count;
    by_year.add(JsonObject().text("year", year).number("total", sum).raw("levels", counts_json(levels)).done());
  }
  reply.json(JsonObject()
                 .raw("achievements", JsonObject()
                                          .number("total", total)
                                          .raw("years", by_year.done())
                                          .raw("results", counts_json(results))
                                          .raw("kinds", counts_json(kinds))
                                          .done())
                 .done());
}

}  // namespace eschool::people
