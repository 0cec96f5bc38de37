#include <fmt/format.h>

#include <algorithm>

#include "print/access_forms.hpp"
#include "print/table.hpp"

namespace eschool::print {

namespace {

constexpr double left = 20, right = page_width - 10, top = 15, bottom = page_height - 18;  // the left side is bound
constexpr double signature_height = 20;

constexpr auto title = "Ведомость выдачи одноразовых паролей";

std::string classes_of(const std::vector<WayIn>& ways) {
  std::vector<std::string> classes;
  for (const auto& way : ways)
    if (!way.group.empty() && std::find(classes.begin(), classes.end(), way.group) == classes.end())
      classes.push_back(way.group);
  return fmt::format("{}", fmt::join(classes, ", "));
}

/// Answers where it ends.
double draw_heading(Document& document, const std::string& school, const std::string& date,
                    const std::vector<WayIn>& ways) {
  constexpr double width = right - left;
  double y = top;
  y += document.text(left, y, width, title, {.size = 14, .bold = true}) + 1;
  y += document.text(left, y, width, school, {});
  const auto classes = classes_of(ways);
  if (!classes.empty())
    y += document.text(left, y, width, (classes.find(',') == classes.npos ? "Класс: " : "Классы: ") + classes, {});
  y += document.text(left, y, width, "Дата: " + date, {});
  return y + 4;
}

void draw_signature(Document& document, double y) {
  constexpr double line = 55;
  const Style small{.size = 7.5};
  y += 10;
  document.text(left, y, 22, "Выдал(а):", {});
  double x = left + 22;
  for (const auto* caption : {"подпись", "фамилия, инициалы"}) {
    document.line(x, y + 4.5, x + line, y + 4.5);
    document.text(x, y + 5, line, caption, small, Align::center);
    document.text(x + line + 1, y, 4, "/", {});
    x += line + 5;
  }
}

}  // namespace

std::string access_sheet(const std::string& school, const std::string& date, const std::vector<WayIn>& ways) {
  Document document(title);
  Table table(document, left, 8,
              {{"№", 11, Align::right},
               {"Фамилия, имя, отчество", 64},
               {"Класс", 15, Align::center},
               {"Логин", 37},
               {"Выдано (дата)", 25},
               {"Подпись", 28}});
  for (std::size_t i = 0; i < ways.size(); ++i)
    table.add({std::to_string(i + 1), ways[i].name, ways[i].group, ways[i].login, "", ""});

  const auto table_top = draw_heading(document, school, date, ways);
  // Where each page ends: how many there are stands on the first. Whoever signs the list signs it below a row of it.
  std::vector<std::size_t> ends;
  for (std::size_t first = 0; ends.empty() || first < table.rows(); first = ends.back()) {
    const auto room = bottom - (ends.empty() ? table_top : top);
    auto end = table.end_of_page(first, room);
    if (end == table.rows()) end = table.end_of_page(first, room - signature_height);
    ends.push_back(end);
  }
  std::size_t first = 0;
  for (std::size_t page = 0; page < ends.size(); ++page) {
    if (page) document.next_page();
    const auto y = table.draw(page ? top : table_top, first, ends[page]);
    if (ends[page] == table.rows()) draw_signature(document, y);
    const Style small{.size = 8};
    document.text(left, bottom + 5, 120, fmt::format("{}, {}", title, date), small);
    document.text(right - 40, bottom + 5, 40, fmt::format("стр. {} из {}", page + 1, ends.size()), small, Align::right);
    first = ends[page];
  }
  return document.finish();
}

}  // namespace eschool::print
