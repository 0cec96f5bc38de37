#include "tabular/xlsx_reader.hpp"

#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "tabular/number_format.hpp"
#include "tabular/xlsx_sheet.hpp"
#include "tabular/xlsx_text.hpp"

namespace eschool::tabular {
namespace {

struct Relation {
  std::string type;    // the last word of its URI: the transitional and strict schemas differ before it
  std::string target;  // the name of a member
};

/// The member that `target`, found in a part of the folder `base` («xl/»), names. «..» is worked out on the name;
/// nothing is ever opened by it outside the archive.
std::string resolve(std::string_view base, std::string_view target) {
  std::string joined =
      target.starts_with('/') ? std::string(target.substr(1)) : std::string(base) + std::string(target);
  std::vector<std::string_view> parts;
  for (std::string_view rest = joined; !rest.empty();) {
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string name;
  for (const auto part : parts) name.append(name.empty() ? "" : "/").append(part);
  return name;
}

class Relations : public XmlEvents {
 public:
  Relations(std::string base, Budget& budget) : base_(std::move(base)), budget_(budget) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (name != "Relationship" || attributes.get("TargetMode") == "External") return;
    const auto type = attributes.get("Type");
    Relation relation{std::string(type.substr(type.rfind('/') + 1)), resolve(base_, attributes.get("Target"))};
    budget_.hold(sizeof(Relation) + type.size() + relation.target.size());
    by_id.insert_or_assign(std::string(attributes.get("Id")), std::move(relation));
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  /// The target of the first relation of a type; empty when there is none.
  std::string target_of_type(std::string_view type) const {
    for (const auto& [id, relation] : by_id)
      if (relation.type == type) return relation.target;
    return {};
  }

  std::map<std::string, Relation> by_id;

 private:
  std::string base_;
  Budget& budget_;
};

class WorkbookPart : public XmlEvents {
 public:
  struct Tab {
    std::string name;
    std::string relation;
    bool hidden;
  };

  explicit WorkbookPart(Budget& budget) : budget_(budget) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (name == "workbookPr") {
      const auto flag = attributes.get("date1904");
      if (flag == "1" || flag == "true") dates = DateSystem::from1904;
    } else if (name == "sheet") {
      const auto state = attributes.get("state");
      // «r:id»; `sheetId` is another attribute, and nothing else ends in the local name «id».
      Tab tab{std::string(attributes.get("name")), std::string(attributes.get("id")),
              !state.empty() && state != "visible"};
      budget_.hold(sizeof(Tab) + tab.name.size());
      tabs.push_back(std::move(tab));
    }
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  DateSystem dates = DateSystem::from1900;
  std::vector<Tab> tabs;

 private:
  Budget& budget_;
};

class Styles : public XmlEvents {
 public:
  explicit Styles(Budget& budget) : budget_(budget) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (name == "cellXfs") {
      in_cell_formats_ = true;
    } else if (name == "numFmt") {
      budget_.hold(64);
      custom_.insert_or_assign(number(attributes.get("numFmtId")), parts_of_format_code(attributes.get("formatCode")));
    } else if (name == "xf" && in_cell_formats_) {
      budget_.hold(sizeof(DateParts));
      const int id = number(attributes.get("numFmtId"));
      const auto custom = custom_.find(id);
      cell_styles.push_back(custom != custom_.end() ? custom->second : parts_of_builtin_format(id));
    }
  }
  void end(std::string_view name) override {
    if (name == "cellXfs") in_cell_formats_ = false;
  }
  void text(std::string_view) override {}

  std::vector<DateParts> cell_styles;

 private:
  static int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  Budget& budget_;
  std::map<int, DateParts> custom_;
  bool in_cell_formats_ = false;
};

[[noreturn]] void fail_not_spreadsheet(const Archive& archive) {
  std::string what = "архив или документ другого вида";
  std::string mimetype;
  archive.read("mimetype", [&](std::string_view piece) { mimetype.append(piece.substr(0, 100)); });
  if (mimetype.find("opendocument.spreadsheet") != std::string::npos) what = "таблица OpenDocument (.ods)";
  if (archive.has("xl/workbook.bin")) what = "двоичная книга Excel (.xlsb)";
  if (archive.has("word/document.xml")) what = "документ Word";
  fail("not_spreadsheet", "Это не таблица .xlsx, а " + what +
                              ". Откройте файл и сохраните как «Книга Excel (.xlsx)», затем загрузите ещё раз.");
}

}  // namespace

Workbook read_xlsx(const Archive& archive, Budget& budget) {
  Relations package({}, budget);
  parse_xml(archive, "_rels/.rels", package);
  std::string main = package.target_of_type("officeDocument");
  if (main.empty()) main = "xl/workbook.xml";

  WorkbookPart book(budget);
  if (!main.ends_with(".xml") || main.starts_with("word/") || main.starts_with("ppt/") ||
      !parse_xml(archive, main, book))
    fail_not_spreadsheet(archive);

  const auto slash = main.rfind('/') + 1;  // 0 when there is none
  const std::string folder = main.substr(0, slash);
  Relations relations(folder, budget);
  parse_xml(archive, folder + "_rels/" + main.substr(slash) + ".rels", relations);

  SheetContext context;
  context.dates = book.dates;
  if (const auto part = relations.target_of_type("sharedStrings"); !part.empty())
    context.strings = read_shared_strings(archive, part, budget);
  Styles styles(budget);
  if (const auto part = relations.target_of_type("styles"); !part.empty()) parse_xml(archive, part, styles);
  context.cell_styles = std::move(styles.cell_styles);

  Workbook workbook;
  for (const auto& tab : book.tabs) {
    const auto relation = relations.by_id.find(tab.relation);
    if (relation == relations.by_id.end()) fail_damaged("нет содержимого листа «" + tab.name + "»");
    if (relation->second.type != "worksheet") continue;  // chart and dialog sheets
    workbook.sheets.push_back(read_sheet(archive, relation->second.target, tab.name, context, budget));
    workbook.sheets.back().hidden = tab.hidden;
  }
  if (workbook.sheets.empty())
    fail("no_sheets", "В книге нет ни одного листа с ячейками. Проверьте, тот ли файл вы выбрали.");
  return workbook;
}

}  // namespace eschool::tabular
