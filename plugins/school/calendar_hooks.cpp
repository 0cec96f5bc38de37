#include "school/calendar_hooks.hpp"

#include <string>
#include <vector>

#include "calendar/span.hpp"
#include "school/year_hooks.hpp"
#include "text/dates.hpp"

namespace eschool::school {
namespace {

using calendar::Span;
using plugin::Call;
using plugin::Change;
using plugin::Fields;
using plugin::HookOut;
using plugin::Value;

constexpr char year_of_plan_sql[] =
    "SELECT y.starts_on, y.ends_on, y.name, p.kind FROM school_period_plan p JOIN school_year y ON y.id = p.year"
    " WHERE p.id = ?";
constexpr char year_sql[] = "SELECT starts_on, ends_on, name FROM school_year WHERE id = ?";
constexpr char periods_sql[] =
    "SELECT id, name, starts_on, ends_on FROM school_period WHERE plan = ? AND archived = 0 ORDER BY number";
constexpr char vacations_sql[] =
    "SELECT id, name, starts_on, ends_on FROM school_vacation WHERE year = ? AND archived = 0 AND grade_from <= ? AND"
    " grade_to >= ? ORDER BY starts_on";
constexpr char weeks_sql[] =
    "SELECT id, grade_from, grade_to FROM school_work_week WHERE year = ? AND archived = 0 AND grade_from <= ? AND"
    " grade_to >= ?";
constexpr char bells_sql[] =
    "SELECT id, lesson, starts_at, ends_at FROM school_bell WHERE shift = ? AND day = ? AND archived = 0";

struct Year {
  Span span;
  std::string name, kind;  ///< kind: of the plan, if one was asked for
};

std::string copy(const Value& value) { return std::string(value.text()); }

template <std::size_t Size>
Year year_by(Call& call, const char (&sql)[Size], const Value& id) {
  Year year;
  if (const auto number = id.integer())
    call.query().run(
        sql,
        [&](Fields row) {
          year = {{copy(row["starts_on"]), copy(row["ends_on"])}, copy(row["name"]), copy(row["kind"])};
        },
        *number);
  return year;
}

std::string told(const Span& span) { return text::iso_to_russian(span.from) + "–" + text::iso_to_russian(span.until); }

Span span_of(Fields after) { return {copy(after["starts_on"]), copy(after["ends_on"])}; }

/// Whether the span is in order and in the year; if not, it is rejected.
bool fits(const Span& span, const Year& year, HookOut& out) {
  if (span.from.empty() || span.until.empty()) return false;  // missing: told by `required`
  if (span.until < span.from) {
    out.reject("ends_on", "ends_before_start", "окончание раньше начала: исправьте одну из дат");
    return false;
  }
  if (!year.name.empty() && !year.span.has(span)) {
    out.reject(year.span.has(span.from) ? "ends_on" : "starts_on", "outside_year",
               "дата вне учебного года " + year.name + " (" + told(year.span) + "): исправьте дату или границы года");
    return false;
  }
  return true;
}

bool grades_fit(Fields after, HookOut& out) {
  if (after["grade_from"].integer().value_or(1) <= after["grade_to"].integer().value_or(11)) return true;
  out.reject("grade_to", "grades_order", "последняя параллель меньше первой: поменяйте их местами");
  return false;
}

/// Rejects the span when it shares a day with one of the rows, which have id, name, starts_on and ends_on.
auto refuse_overlap(const Change& change, const Span& span, HookOut& out, const char* advice) {
  return [&change, &span, &out, advice](Fields row) {
    const Span other = span_of(row);
    if (row["id"].integer() == change.id() || !span.overlaps(other)) return;
    out.reject("starts_on", "overlap", "пересекается с «" + copy(row["name"]) + "» (" + told(other) + "): " + advice);
  };
}

std::string_view name_of_one(std::string_view kind) {
  if (kind == "quarter") return "четверть";
  if (kind == "trimester") return "триместр";
  if (kind == "half") return "полугодие";
  if (kind == "year") return "учебный год";
  return "модуль";
}

}  // namespace

void derive_in_year(Call& call, const Change& change, HookOut& out) {
  if (!change.after()["year"].is_null()) return;
  if (const auto year = current_year(call))
    out.set("year", Value::id(year));
  else
    out.reject("year", "no_current_year", "нет текущего учебного года: заведите его в реестре «Учебные годы»");
}

void derive_period(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto number = after["number"].integer();
  if (!after["name"].is_null() || !number) return;
  const auto plan = year_by(call, year_of_plan_sql, after["plan"]);
  const std::string one(name_of_one(plan.kind));
  const std::string name = plan.kind == "year" ? one : std::to_string(*number) + " " + one;
  out.set("name", std::string_view(name));
}

void validate_period(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto span = span_of(after);
  if (!fits(span, year_by(call, year_of_plan_sql, after["plan"]), out)) return;
  call.query().run(periods_sql, refuse_overlap(change, span, out, "периоды одного деления не делят ни одного дня"),
                   after["plan"].integer().value_or(0));
}

void validate_plan(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  grades_fit(after, out);
  if (change.creating() || !change.changed("year")) return;
  const auto year = year_by(call, year_sql, after["year"]);
  call.query().run(
      periods_sql,
      [&](Fields row) {
        if (!year.span.has(span_of(row)))
          out.reject("year", "outside_year",
                     "«" + copy(row["name"]) + "» не попадает в год " + year.name + ": сначала исправьте её даты");
      },
      change.id());
}

void validate_vacation(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto span = span_of(after);
  if (!grades_fit(after, out) || !fits(span, year_by(call, year_sql, after["year"]), out)) return;
  call.query().run(vacations_sql, refuse_overlap(change, span, out, "каникулы одной параллели не делят ни одного дня"),
                   after["year"].integer().value_or(0), after["grade_to"].integer().value_or(11),
                   after["grade_from"].integer().value_or(1));
}

void validate_day_off(Call&, const Change& change, HookOut& out) {
  const auto after = change.after();
  if (after["moved_from"].is_null()) return;
  if (after["kind"].text() != "non_working")
    out.reject("moved_from", "not_a_day_off", "переносят только выходной: уберите дату или выберите «нерабочий»");
  else if (after["moved_from"] == after["date"])
    out.reject("moved_from", "same_day", "выходной не переносят на тот же день: исправьте одну из дат");
}

void validate_work_week(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  if (!grades_fit(after, out)) return;
  call.query().run(
      weeks_sql,
      [&](Fields row) {
        if (row["id"].integer() == change.id()) return;
        out.reject("grade_from", "overlap",
                   "для части этих параллелей неделя уже задана: «" +
                       std::to_string(row["grade_from"].integer().value_or(0)) + "–" +
                       std::to_string(row["grade_to"].integer().value_or(0)) + "», измените её");
      },
      after["year"].integer().value_or(0), after["grade_to"].integer().value_or(11),
      after["grade_from"].integer().value_or(1));
}

void derive_shift(Call&, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto number = after["number"].integer();
  if (!after["name"].is_null() || !number) return;
  const std::string name = std::to_string(*number) + " смена";
  out.set("name", std::string_view(name));
}

void validate_bell(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto starts = copy(after["starts_at"]), ends = copy(after["ends_at"]);
  if (starts.empty() || ends.empty()) return;
  if (ends <= starts) return out.reject("ends_at", "ends_before_start", "урок кончается раньше, чем начинается");
  call.query().run(
      bells_sql,
      [&](Fields row) {
        if (row["id"].integer() == change.id()) return;
        if (copy(row["starts_at"]) < ends && starts < copy(row["ends_at"]))
          out.reject("starts_at", "overlap",
                     "пересекается с уроком " + std::to_string(row["lesson"].integer().value_or(0)) + " (" +
                         copy(row["starts_at"]) + "–" + copy(row["ends_at"]) + "): исправьте время");
      },
      after["shift"].integer().value_or(0), after["day"].text());
}

}  // namespace eschool::school
