/// The personal card of an employee, form Т-2 (ОКУД 0301002, approved by Goskomstat, 05.01.2004 № 1): a pure rule from
/// what the registries hold to a page for the printer and to the rows of a workbook.
#pragma once

#include <string>
#include <vector>

namespace eschool::people {

/// A part of the card under a heading: lines of a name and a value, or a table.
struct CardPart {
  std::string heading;  ///< «II. Сведения о воинском учёте»
  std::vector<std::pair<std::string, std::string>> lines;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
};

struct Card {
  std::string organisation, okpo;
  std::string made_on;                                     ///< dd.mm.yyyy
  std::vector<std::pair<std::string, std::string>> codes;  ///< of the strip under the title
  std::vector<CardPart> parts;
  std::string name;  ///< of the employee, for the signature
};

/// The card as a page of HTML, for A4 and one colour. Every text is escaped; there is no script and no inline style, so
/// that the strictest policy serves it. `style`: the address of card_style() beside the page.
std::string card_page(const Card&, std::string_view style);
/// The sheet of styles that the page names.
std::string_view card_style();

/// The card as rows of three cells: part, name, value. A row of a table is one, its cells joined with their columns.
std::vector<std::vector<std::string>> card_rows(const Card&);

}  // namespace eschool::people
