#include "people/membership_hooks.hpp"

#include <vector>

#include "people/membership.hpp"
#include "people/telling.hpp"

namespace eschool::people {
namespace {

using plugin::Call;
using plugin::Change;
using plugin::field;
using plugin::Fields;
using plugin::HookOut;
using plugin::Value;

constexpr char memberships_sql[] =
    "SELECT id, class, since, until, exit, entry_order_no FROM people_class_membership WHERE student = ? AND archived "
    "= 0";
constexpr char class_sql[] =
    "SELECT c.grade AS grade, c.year AS year, y.starts_on AS starts_on FROM school_class c LEFT JOIN school_year y "
    "ON y.id = c.year WHERE c.id = ?";
constexpr char student_sql[] = "SELECT class FROM people_student WHERE id = ? AND archived = 0";
constexpr char subgroup_sql[] = "SELECT class FROM people_subgroup WHERE id = ?";

std::int64_t id_of(const Value& value) { return value.integer().value_or(0); }

std::vector<Membership> memberships(Call& call, std::int64_t student) {
  std::vector<Membership> list;
  call.query().run(
      memberships_sql,
      [&](Fields row) {
        list.push_back({id_of(row["id"]), id_of(row["class"]), text(row, "since"), text(row, "until"),
                        text(row, "exit"), !row["entry_order_no"].is_null()});
      },
      student);
  return list;
}

struct ClassFacts {
  std::int64_t year = 0;
  int grade = 0;
  std::string starts_on;
};
ClassFacts facts_of(Call& call, std::int64_t school_class) {
  ClassFacts facts;
  call.query().run(
      class_sql,
      [&](Fields row) {
        facts = {id_of(row["year"]), static_cast<int>(id_of(row["grade"])), text(row, "starts_on")};
      },
      school_class);
  return facts;
}

std::string_view way(Call& call, std::int64_t from, std::int64_t to) {
  const auto before = facts_of(call, from), after = facts_of(call, to);
  return way_between(before.year, before.grade, after.year, after.grade);
}

/// The open record of the pupil but for `except`; the one that began last.
const Membership* open_one(const std::vector<Membership>& list, std::int64_t except) {
  const Membership* found = nullptr;
  for (const auto& item : list)
    if (item.id != except && item.until.empty() && (!found || item.since > found->since)) found = &item;
  return found;
}

/// While a move is taken back the card is right already: the steps in between must not show in it.
thread_local bool taking_back = false;
struct TakingBack {
  TakingBack() { taking_back = true; }
  ~TakingBack() { taking_back = false; }
};

void take_back(Call& call, const Membership& open, const Membership& before) {
  const TakingBack steps;
  call.records().archive("people.class_membership", open.id);
  call.records().update("people.class_membership", before.id,
                        {field("until", nullptr), field("exit", nullptr), field("exit_order_no", nullptr),
                         field("exit_order_date", nullptr), field("exit_reason", nullptr)});
}

/// Sets the class in the card, and the last day in the school with it, by what the register says now.
void settle(Call& call, std::int64_t student) {
  if (taking_back) return;
  bool there = false;
  call.query().run(
      student_sql, [&](Fields) { there = true; }, student);
  if (!there) return;
  const auto now = standing(memberships(call, student), call.today());
  call.records().update("people.student", student,
                        {field("class", now.school_class ? Value::id(now.school_class) : Value())});
}

}  // namespace

void derive_student(Call& call, const Change& change, HookOut& out) {
  if (change.creating()) return;
  const auto now = standing(memberships(call, change.id()), call.today());
  // A last day that was told ahead has passed: the card follows with the next change of it.
  if (now.school_class == 0 && !now.left_on.empty() && !change.changed("class") && !change.after()["class"].is_null())
    out.set("class", nullptr);
  if (now.left_on == change.after()["left_on"].text()) return;
  out.set("left_on", now.left_on.empty() ? Value() : Value::date(now.left_on));
}

void after_student(Call& call, const Change& change, HookOut&) {
  if (!change.changed("class")) return;
  const auto after = change.after();
  const auto to = id_of(after["class"]);
  const auto list = memberships(call, change.id());
  const auto known = standing(list, call.today());
  if (known.school_class == to) return;
  const auto* open = open_one(list, 0);
  if (to == 0) {
    // Out of a class without a word why: the day is known, the order is entered later in the register.
    if (open)
      call.records().update("people.class_membership", open->id,
                            {field("until", Value::date(last_day(open->since, call.today())))});
    return;
  }
  const bool is_new = list.empty();
  if (const auto* before = open ? taken_back(list, *open, to, call.today()) : nullptr)
    return take_back(call, *open, *before);
  const auto since = first_day(text(after, "admission_order_date"), facts_of(call, to).starts_on, call.today(), is_new);
  const auto entry = is_new ? std::string_view("admitted") : open ? way(call, open->school_class, to) : "returned";
  const auto admission = [&](const char* name) { return is_new ? after[name] : Value(); };
  call.records().create(
      "people.class_membership",
      {field("student", Value::id(change.id())), field("class", Value::id(to)), field("since", Value::date(since)),
       field("entry", entry), field("entry_order_no", admission("admission_order_no")),
       field("entry_order_date", admission("admission_order_date"))});
}

void validate_membership(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const Membership one{change.id(), id_of(after["class"]), text(after, "since"), text(after, "until"),
                       text(after, "exit")};
  tell(check_membership(one), out);
  if (!one.until.empty() && one.exit.empty() && change.changed("until"))
    out.warn("не указано, как ученик выбыл из класса: без этого он не считается выбывшим из школы");
  if (!one.until.empty()) return;
  const auto list = memberships(call, id_of(after["student"]));
  if (const auto* other = open_one(list, change.id()); other && other->since > one.since)
    out.reject("since", "later_class", "ученик уже числится в другом классе с более позднего дня");
}

void after_membership(Call& call, const Change& change, HookOut&) {
  const auto after = change.after();
  const auto student = id_of(after["student"]);
  if (after["until"].is_null()) {
    const auto list = memberships(call, student);
    const auto since = text(after, "since");
    if (const auto* before = open_one(list, change.id()))
      call.records().update(
          "people.class_membership", before->id,
          {field("until", Value::date(last_day(before->since, since))),
           field("exit", way(call, before->school_class, id_of(after["class"]))),
           field("exit_order_no", after["entry_order_no"]), field("exit_order_date", after["entry_order_date"])});
  }
  settle(call, student);
}

void membership_archived(Call& call, const Change& change, HookOut&) {
  settle(call, id_of(change.before()["student"]));
}

void validate_subgroup_member(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  std::int64_t of_group = 0, of_pupil = 0;
  call.query().run(
      subgroup_sql, [&](Fields row) { of_group = id_of(row["class"]); }, id_of(after["subgroup"]));
  call.query().run(
      student_sql, [&](Fields row) { of_pupil = id_of(row["class"]); }, id_of(after["student"]));
  if (of_group != of_pupil) out.reject("student", "other_class", "ученик учится в другом классе");
  if (!after["until"].is_null() && after["until"].text() < after["since"].text())
    out.reject("until", "ends_before", "последний день раньше первого");
}

}  // namespace eschool::people
