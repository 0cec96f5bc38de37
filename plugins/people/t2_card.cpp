#include "people/t2_card.hpp"

namespace eschool::people {
namespace {

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

void element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  escape(out, text);
  out.append("</").append(name).append(">");
}

/// An empty table is printed with lines to fill in by hand.
constexpr std::size_t blank_rows = 2;

void table(std::string& out, const CardPart& part) {
  out += "<table><thead><tr>";
  for (const auto& column : part.columns) element(out, "th", column);
  out += "</tr></thead><tbody>";
  for (const auto& row : part.rows) {
    out += "<tr>";
    for (const auto& cell : row) element(out, "td", cell);
    out += "</tr>";
  }
  if (part.rows.empty())
    for (std::size_t i = 0; i < blank_rows; ++i) {
      out += "<tr class=\"blank\">";
      for (std::size_t k = 0; k < part.columns.size(); ++k) out += "<td></td>";
      out += "</tr>";
    }
  out += "</tbody></table>\n";
}

constexpr std::string_view style = R"(@page { size: A4; margin: 12mm 10mm 12mm 15mm; }
* { box-sizing: border-box; }
body { font: 10pt/1.25 "PT Serif", "Liberation Serif", "Times New Roman", serif; color: #000; background: #fff;
  max-width: 185mm; margin: 0 auto; }
header { display: flex; justify-content: space-between; align-items: flex-end; gap: 6mm; }
.approved { text-align: right; font-size: 8pt; margin: 0 0 2mm; }
.organisation { flex: 1; border-bottom: 1px solid #000; padding-bottom: 1mm; }
h1 { font-size: 13pt; text-align: center; margin: 4mm 0 2mm; }
h2 { font-size: 10.5pt; text-align: center; margin: 4mm 0 1.5mm; break-after: avoid; }
table { width: 100%; border-collapse: collapse; margin: 1mm 0 2mm; break-inside: auto; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
th, td { border: 1px solid #000; padding: .6mm 1mm; vertical-align: top; text-align: left; overflow-wrap: anywhere; }
th { font-weight: normal; font-size: 8.5pt; text-align: center; }
.codes { width: auto; }
.blank td { height: 6mm; }
dl { display: grid; grid-template-columns: 58mm 1fr; margin: 0; }
dt { padding: .5mm 0; }
dd { margin: 0; padding: .5mm 0; border-bottom: 1px solid #000; min-height: 5mm; white-space: pre-line; }
.signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 10mm; margin-top: 8mm; break-inside: avoid; }
.signatures p { border-top: 1px solid #000; margin: 9mm 0 0; font-size: 8pt; text-align: center; }
)";

}  // namespace

std::string_view card_style() { return style; }

std::string card_page(const Card& card, std::string_view style_address) {
  std::string out;
  out.reserve(16384);
  out += "<!DOCTYPE html>\n<html lang=\"ru\"><head><meta charset=\"utf-8\"><title>";
  escape(out, "Личная карточка Т-2: " + card.name);
  out += "</title><link rel=\"stylesheet\" href=\"";
  escape(out, style_address);
  out +=
      "\"></head><body>\n<p class=\"approved\">Унифицированная форма № Т-2<br>Утверждена постановлением Госкомстата "
      "России от 05.01.2004 № 1</p>\n<header><div class=\"organisation\">";
  escape(out, card.organisation);
  out += "</div><table class=\"codes\"><tbody><tr><td>Форма по ОКУД</td><td>0301002</td></tr><tr><td>по ОКПО</td>";
  element(out, "td", card.okpo);
  out += "</tr></tbody></table></header>\n<table><thead><tr>";
  for (const auto& [name, value] : card.codes) element(out, "th", name);
  out += "</tr></thead><tbody><tr>";
  for (const auto& [name, value] : card.codes) element(out, "td", value);
  out += "</tr></tbody></table>\n<h1>ЛИЧНАЯ КАРТОЧКА<br>работника</h1>\n";
  for (const auto& part : card.parts) {
    if (!part.heading.empty()) element(out, "h2", part.heading);
    if (!part.lines.empty()) {
      out += "<dl>";
      for (const auto& [name, value] : part.lines) {
        element(out, "dt", name);
        element(out, "dd", value);
      }
      out += "</dl>\n";
    }
    if (!part.columns.empty()) table(out, part);
  }
  out +=
      "<div class=\"signatures\"><div>Работник кадровой службы<p>должность, подпись, расшифровка подписи</p></div>"
      "<div>Работник<p>";
  escape(out, card.name);
  out += "</p></div></div>\n</body></html>\n";
  return out;
}

std::vector<std::vector<std::string>> card_rows(const Card& card) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"Унифицированная форма № Т-2", "Форма по ОКУД", "0301002"});
  rows.push_back({"", "Организация", card.organisation});
  rows.push_back({"", "по ОКПО", card.okpo});
  for (const auto& [name, value] : card.codes) rows.push_back({"", name, value});
  std::string heading;
  for (const auto& part : card.parts) {
    if (!part.heading.empty()) heading = part.heading;
    for (const auto& [name, value] : part.lines) rows.push_back({heading, name, value});
    for (std::size_t i = 0; i < part.rows.size(); ++i) {
      std::string joined;
      for (std::size_t k = 0; k < part.columns.size(); ++k) {
        if (part.rows[i][k].empty()) continue;
        joined += (joined.empty() ? "" : "; ") + part.columns[k] + ": " + part.rows[i][k];
      }
      rows.push_back({heading, std::to_string(i + 1), joined});
    }
  }
  return rows;
}

}  // namespace eschool::people
