#include "school/year_hooks.hpp"

#include <optional>
#include <vector>

#include "school/school_year.hpp"

namespace eschool::school {
namespace {

using plugin::Call;
using plugin::Change;
using plugin::field;
using plugin::Fields;
using plugin::HookOut;
using plugin::Value;

constexpr char current_years_sql[] = "SELECT id FROM school_year WHERE current = 1 AND archived = 0";
constexpr char named_year_sql[] = "SELECT id FROM school_year WHERE name = ? AND archived = 0";

bool is_set(const Value& flag) { return flag.integer().value_or(0) != 0; }

/// The current years but one: none or one of them, two only between a write and its hook.
std::vector<std::int64_t> current_years_but(Call& call, std::int64_t id) {
  std::vector<std::int64_t> years;
  call.query().run(current_years_sql, [&](Fields row) {
    const auto year = row["id"].integer();
    if (year && *year != id) years.push_back(*year);
  });
  return years;
}

}  // namespace

void derive_year(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  if (const auto named = school_year(after["name"].text())) {
    out.set("name", named->name);
    if (after["starts_on"].is_null()) out.set("starts_on", Value::date(named->starts_on));
    if (after["ends_on"].is_null()) out.set("ends_on", Value::date(named->ends_on));
  }
  if (change.creating() && !is_set(after["current"]) && current_years_but(call, 0).empty()) out.set("current", 1);
}

void validate_year(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto named = school_year(after["name"].text());
  if (!named)
    out.reject("name", "school_year_name", "нужны два года подряд, например 2026/2027");
  else if (!limits_fit(*named, after["starts_on"].text(), after["ends_on"].text()))
    out.reject("ends_on", "school_year_limits",
               "начало должно приходиться на первый год названия, окончание — на второй");
  if (change.changed("current") && !is_set(after["current"]) && current_years_but(call, change.id()).empty())
    out.reject("current", "no_current_year",
               "чтобы сменить текущий год, отметьте текущим другой: с этого отметка снимется сама");
}

void after_year(Call& call, const Change& change, HookOut&) {
  if (!change.changed("current") || !is_set(change.after()["current"])) return;
  for (const auto year : current_years_but(call, change.id()))
    call.records().update("school.year", year, {field("current", 0)});
}

std::int64_t current_year(Call& call) {
  if (const auto years = current_years_but(call, 0); !years.empty()) return years.front();
  const auto today = school_year_at(call.today());
  if (!today) return 0;
  std::int64_t known = 0;
  call.query().run(
      named_year_sql, [&](Fields row) { known = row["id"].integer().value_or(0); }, today->name);
  if (!call.access().may(known ? "update" : "create", "school.year")) return 0;
  if (known) return call.records().update("school.year", known, {field("current", 1)}).id;
  return call.records().create("school.year", {field("name", today->name), field("current", 1)}).id;
}

}  // namespace eschool::school
