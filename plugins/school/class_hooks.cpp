#include "school/class_hooks.hpp"

#include "school/year_hooks.hpp"
#include "text/class_name.hpp"
#include "text/fold.hpp"

namespace eschool::school {
namespace {

constexpr char profiles_sql[] = "SELECT id, name, short_name FROM school_profile WHERE archived = 0";

/// The profile of the dictionary by the profile as text, which files have; the text by the dictionary where it lacks.
void derive_track(plugin::Call& call, const plugin::Change& change, plugin::HookOut& out) {
  const auto after = change.after();
  const auto track = after["track"].integer();
  const bool named = !after["profile"].is_null();
  if (!named && !track) return;
  if (named && (!change.changed("profile") || (track && change.changed("track")))) return;
  const auto wanted = text::fold(after["profile"].text());
  call.query().run(profiles_sql, [&](plugin::Fields row) {
    const auto id = row["id"].integer().value_or(0);
    if (!named) {
      if (id == *track) out.set("profile", row["name"].text());
    } else if (text::fold(row["name"].text()) == wanted || text::fold(row["short_name"].text()) == wanted) {
      out.set("track", plugin::Value::id(id));
    }
  });
}

}  // namespace

void derive_class(plugin::Call& call, const plugin::Change& change, plugin::HookOut& out) {
  const auto after = change.after();
  // A name that cannot be read is refused by the field's own check.
  if (const auto name = text::normalise_class(after["name"].text())) {
    out.set("grade", name->grade);
    if (name->letter.empty())
      out.set("letter", nullptr);
    else
      out.set("letter", name->letter);
  }
  derive_track(call, change, out);
  if (!after["year"].is_null()) return;
  if (const auto year = current_year(call))
    out.set("year", plugin::Value::id(year));
  else
    out.reject("year", "no_current_year", "нет текущего учебного года: заведите его в реестре «Учебные годы»");
}

}  // namespace eschool::school
