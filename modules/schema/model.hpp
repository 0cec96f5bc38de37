/// The model of a registry as its schema file declares it. Plain data: loading is loader.hpp, lookup is catalogue.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::schema {

enum class FieldType {
  text,
  longtext,
  integer,
  decimal,   ///< stored as a double; `scale` digits are shown
  boolean,   ///< stored as 0/1
  date,      ///< ISO text, YYYY-MM-DD
  time,      ///< ISO text, HH:MM
  datetime,  ///< ISO text in UTC, YYYY-MM-DDTHH:MM:SSZ
  enumeration,
  reference,
  children,  ///< rows of another registry whose reference field `via` points here; has no column
  file,
  json
};

/// How private a field is, in growing order. A role's right names the highest level that it reads.
enum class Sensitivity { open, staff, personal, special };

struct EnumValue {
  std::string id;
  std::string label;                 ///< Russian, as shown and as written in Excel
  std::vector<std::string> aliases;  ///< other spellings met in files, e.g. "м", "муж"
};

struct Field {
  std::string id;    ///< stable and never reused: the schema's diff goes by it
  std::string name;  ///< key in JSON and column in SQL
  FieldType type = FieldType::text;
  std::string label;  ///< Russian
  std::string help;
  bool required = false;
  bool recommended = false;  ///< counts towards completeness
  bool unique = false;       ///< among records that are not archived
  bool readonly = false;     ///< set by a hook or by `derive`, never by a client
  bool once = false;         ///< may be set at creation only
  bool index = false;
  bool search = false;                       ///< takes part in `q`
  std::optional<std::string> default_value;  ///< as JSON text
  /// Of a reference: rules expression over the target. A new form begins with the record for which it holds, if there
  /// is one and no other; what comes another way is not touched.
  std::string preset;
  std::string check;   ///< a check of <text/checks.hpp>: snils, inn, phone, ...
  std::string when;    ///< rules expression: the field matters only where it holds
  std::string derive;  ///< display template: "{surname} {given_name}"
  Sensitivity sensitivity = Sensitivity::open;
  std::vector<std::string> aliases;  ///< header spellings met in Excel files
  std::vector<EnumValue> values;     ///< of an enumeration
  std::string target;                ///< registry id of a reference or of children
  std::string via;                   ///< of children: the reference field of the child that points here
  int max_length = 0;                ///< characters; 0: 500 for text, 20,000 for longtext
  int scale = 2;
  std::optional<double> min, max;  ///< of integer and decimal
  std::string added_by;            ///< plugin that adds the field to another plugin's registry, or empty
  int line = 0;                    ///< in its schema file

  /// Text is compared, searched and sorted by kernel-made columns `<name>_key` (folded) and `<name>_sort` (ICU key).
  bool has_key() const { return type == FieldType::text; }
  bool has_column() const { return type != FieldType::children; }
};

/// One column of an Excel file and where its value goes.
struct ImportColumn {
  std::string header;                ///< as the template prints it
  std::vector<std::string> aliases;  ///< other spellings of the header
  std::string to;                    ///< field path from the imported record: "surname", "student.birth_date"
  /// "" by the field's type; "full_name": one cell gives three name fields; "quantity": a number with its unit, «2 ч.»
  std::string parse;
  /// The value stands once for the rows that follow: in a merged cell, or as a heading in a row of its own.
  bool carried = false;
};

struct ImportView {
  std::vector<std::string> sheets;  ///< names of the sheet looked for; the first sheet otherwise
  bool name_value = false;          ///< a sheet of two columns, name and value, that describes one record
  std::vector<ImportColumn> columns;
  /// Reference fields whose record is made when it is not found (guardian of a guardianship); others must exist.
  std::vector<std::string> upsert;
  /// Reference fields that may be named before they exist: kept and resolved by a later import.
  std::vector<std::string> deferred;
  /// Registries whose sheets are looked for in the same workbook and imported after this one.
  std::vector<std::string> companions;
  /// The registry whose import definition is used instead (a file of guardians describes guardianships).
  std::string through;
};

struct FormSection {
  std::string label;
  std::vector<std::string> fields;
};

/// A list beside the registry's own: the records that fulfil a rule, under a name of its own in the menu.
struct NamedList {
  std::string id;
  std::string label;              ///< Russian: «Уволенные»
  std::string filter;             ///< rules expression
  std::vector<std::string> list;  ///< columns; the registry's own when empty
};

/// Records of another registry that a card shows and that are not kept with it: the parents of a pupil.
struct RelatedList {
  std::string registry;
  std::string by;                 ///< its reference to the card's record
  std::string label;              ///< Russian: «Родители»
  std::vector<std::string> list;  ///< columns, also those of a reference: "guardian.phone"; its own list when empty
  bool add = false;               ///< a new one may be begun from the card
};

struct Views {
  std::vector<std::string> list;  ///< columns of the list, in order
  std::vector<NamedList> lists;   ///< more lists of the same records: those who work, those dismissed
  std::string sort;               ///< default order, as in the API: "surname,given_name"
  std::vector<std::string> filters;
  std::vector<FormSection> form;
  std::vector<RelatedList> related;
  ImportView import;
};

/// What is amiss with a record although each of its fields is right: a pupil without a class, a certificate that has
/// run out. It hinders nobody from saving; it is counted, and the way to put it right is told.
struct DataCheck {
  std::string id;
  std::string label;    ///< Russian, of the records it finds: «Ученики без класса»
  std::string broken;   ///< rules expression that holds for those records
  std::string hint;     ///< Russian: what to do
  bool timely = false;  ///< about something that was not done in time
};

/// Where the keys of a schema file stand: key path, "fields[3].type", to line from 1. For messages.
using Lines = std::map<std::string, int, std::less<>>;

struct Registry {
  std::string id;         ///< "people.student"
  std::string plugin;     ///< "people"
  std::string label;      ///< Russian, plural: "Ученики"
  std::string label_one;  ///< Russian, one: "Ученик"
  std::string display;    ///< template of the record's name: "{surname} {given_name} {patronymic}"
  /// A facet extends a record of another registry: a student is a facet of a person. `facet_by` is the reference field;
  /// the base's fields read and write as the facet's own, and one base record carries at most one of each facet.
  std::string facet_of;
  std::string facet_by;
  /// Of a facet: the date field that holds the last day on which its person has this part in the school's life. Roles
  /// that are held as this facet end with it. Empty: it has no end.
  std::string active_until;
  /// Of a facet: rule under which its personal data are still needed; counted from the day on which it ceases to hold,
  /// they are kept for the years that the installation says. Empty: as long as active_until has not passed.
  std::string kept_while;
  bool singleton = false;  ///< at most one record, e.g. the institution
  std::vector<Field> fields;
  std::vector<std::vector<std::string>> unique;    ///< groups of fields, unique together among records not archived
  std::vector<std::vector<std::string>> identity;  ///< groups that identify a record in a file, strongest first
  /// Rule that a record must fulfil to be found by `identity`; empty: all. A class «5А» is that of the current year.
  std::string identity_among;
  std::vector<DataCheck> checks;
  Views views;
  std::string file;  ///< the schema file, for messages
  Lines lines;       ///< of the file; empty in a built catalogue

  const Field* find(std::string_view name) const {
    for (const auto& field : fields)
      if (field.name == name) return &field;
    return nullptr;
  }
  /// "people_student": the table's name.
  std::string table() const {
    std::string name = id;
    for (char& c : name)
      if (c == '.') c = '_';
    return name;
  }
};

/// A file by which a plugin adds fields and views to a registry of another plugin. Catalogue::build appends them.
struct Extension {
  std::string adds_to;  ///< registry id
  std::string plugin;   ///< the plugin that adds
  /// With added_by set, and with ids "<plugin>.<id>", so that two plugins never take the same one.
  std::vector<Field> fields;
  std::vector<DataCheck> checks;  ///< to append
  Views views;                    ///< lists to append; `sort`, `through` and `name_value` stay the registry's own
  std::string file;
  Lines lines;
};

/// relations.json of a plugin: what a relation means on each registry, in the rules language.
struct Relation {
  std::string name;      ///< "guardian_of"
  std::string label;     ///< Russian
  std::string registry;  ///< on which registry
  std::string rule;      ///< "any people.guardianship.student where (guardian.person = @me)"
  std::string file;
  int line = 0;
};

}  // namespace eschool::schema
