#include "school/institution_hooks.hpp"

#include <string>

#include "text/fold.hpp"

namespace eschool::school {
namespace {

using plugin::Call;
using plugin::Change;
using plugin::field;
using plugin::Fields;
using plugin::HookOut;
using plugin::Value;

constexpr char types_sql[] = "SELECT id, name, short_name FROM school_institution_type WHERE archived = 0";
constexpr char institution_sql[] = "SELECT id FROM school_institution WHERE archived = 0 LIMIT 1";
constexpr char type_sql[] = "SELECT name FROM school_institution_type WHERE id = ?";
constexpr char permit_sql[] =
    "SELECT id FROM school_permit WHERE institution = ? AND kind = ? AND number = ? AND archived = 0";
constexpr char newest_sql[] =
    "SELECT number, issued_on FROM school_permit WHERE institution = ? AND kind = ? AND archived = 0"
    " ORDER BY COALESCE(issued_on, ''), id";
constexpr char card_sql[] =
    "SELECT license_no, license_date, accreditation_no, accreditation_date FROM school_institution WHERE id = ?";

struct Kind {
  const char *id, *number, *date;
};
constexpr Kind kinds[] = {{"licence", "license_no", "license_date"},
                          {"accreditation", "accreditation_no", "accreditation_date"}};

}  // namespace

void derive_institution(Call& call, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto kind = after["kind"].integer();
  if (after["type"].is_null() && kind) {
    call.query().run(
        type_sql, [&](Fields row) { out.set("type", row["name"].text()); }, *kind);
    return;
  }
  if (!change.changed("type") || after["type"].is_null() || (!change.creating() && change.changed("kind"))) return;
  const auto wanted = text::fold(after["type"].text());
  std::int64_t found = 0;
  call.query().run(types_sql, [&](Fields row) {
    if (text::fold(row["name"].text()) == wanted || text::fold(row["short_name"].text()) == wanted)
      found = row["id"].integer().value_or(0);
  });
  if (found) out.set("kind", Value::id(found));
}

void after_institution(Call& call, const Change& change, HookOut&) {
  const auto after = change.after();
  for (const auto& kind : kinds) {
    if (after[kind.number].is_null() || !change.changed(kind.number)) continue;
    bool known = false;
    call.query().run(
        permit_sql, [&](Fields) { known = true; }, change.id(), std::string_view(kind.id), after[kind.number].text());
    if (known || !call.access().may("create", "school.permit")) continue;
    call.records().create("school.permit", {field("institution", Value::id(change.id())),
                                            field("kind", kind.id),
                                            field("number", after[kind.number].text()),
                                            {plugin::to_abi("issued_on"), after[kind.date].raw()}});
  }
}

void derive_permit(Call& call, const Change& change, HookOut& out) {
  if (!change.after()["institution"].is_null()) return;
  bool known = false;
  call.query().run(institution_sql, [&](Fields row) {
    known = true;
    out.set("institution", Value::id(row["id"].integer().value_or(0)));
  });
  if (!known)
    out.reject("institution", "no_institution", "сначала заполните карточку «Учреждение»: лицензия выдана ему");
}

void validate_permit(Call&, const Change& change, HookOut& out) {
  const auto after = change.after();
  if (!after["valid_until"].is_null() && after["valid_until"].text() < after["issued_on"].text())
    out.reject("valid_until", "ends_before_start", "срок кончается раньше дня выдачи: исправьте одну из дат");
}

void after_permit(Call& call, const Change& change, HookOut&) {
  const auto institution = change.after()["institution"].integer().value_or(0);
  if (!institution || !call.access().may("update", "school.institution")) return;
  for (const auto& kind : kinds) {
    if (change.after()["kind"].text() != kind.id) continue;
    std::string number, date, known_number, known_date;
    call.query().run(
        newest_sql,
        [&](Fields row) {
          number = row["number"].text();
          date = row["issued_on"].text();
        },
        institution, std::string_view(kind.id));
    call.query().run(
        card_sql,
        [&](Fields row) {
          known_number = row[kind.number].text();
          known_date = row[kind.date].text();
        },
        institution);
    // An accreditation row may lack the date that the card has: nothing is taken from the card.
    if (number.empty() || (number == known_number && (date.empty() || date == known_date))) continue;
    call.records().update("school.institution", institution,
                          {field(kind.number, std::string_view(number)),
                           {plugin::to_abi(kind.date), date.empty() ? Value().raw() : Value::date(date).raw()}});
  }
}

}  // namespace eschool::school
