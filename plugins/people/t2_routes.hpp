/// The card Т-2 of an employee as a page for the printer and as a workbook. What the caller may not read stays blank;
/// whoever reads nothing of the personal part is refused the card.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::people {

/// GET /employees/{id}/t2: text/html
void show_t2_page(plugin::Call&, const plugin::Request&, plugin::Reply&);
/// GET /employees/{id}/t2.xlsx
void show_t2_file(plugin::Call&, const plugin::Request&, plugin::Reply&);
/// GET /t2.css
void show_t2_style(plugin::Call&, const plugin::Request&, plugin::Reply&);

}  // namespace eschool::people
