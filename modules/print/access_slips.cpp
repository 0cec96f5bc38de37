#include "print/access_forms.hpp"
#include "print/document.hpp"

namespace eschool::print {

namespace {

constexpr int columns = 2, rows = 5;
// The slips fill the page, so that its edges need no cut; the margin keeps texts where printers reach.
constexpr double width = page_width / columns, height = page_height / rows;
constexpr double margin_x = 8, margin_y = 6.5;
constexpr double code_edge = 24, gap = 5;  // at least the blank that readers of the code ask for
constexpr double label_width = 14;

constexpr auto hint =
    "Действует 14 дней и один раз: при входе придумайте свой пароль. Никому его не сообщайте. "
    "Не подошёл — попросите новый у того, кто выдал листок.";

struct Piece {
  double x, y, width;
  std::string text;
  Style style;
};

/// The texts of a slip from its left upper corner on.
struct Composition {
  std::vector<Piece> pieces;
  bool fits = false;
};

Composition compose(const Document& document, const std::string& school, const std::string& address, const WayIn& way,
                    double scale) {
  Composition made;
  const auto add = [&](double x, double y, double piece_width, const std::string& text, Style style) {
    style.size *= scale;
    made.pieces.push_back({x, y, piece_width, text, style});
    return document.height(text, style, piece_width);
  };
  constexpr double inner = width - 2 * margin_x;
  constexpr double beside_code = inner - code_edge - gap;
  double y = margin_y;
  y += add(margin_x, y, beside_code, school, {.size = 7.5}) + 1;
  y += add(margin_x, y, beside_code, way.name, {.size = 11.5, .bold = true}) + 1;
  const auto labelled = [&](const std::string& label, const std::string& text, const Style& style) {
    const Style small{.size = 7.5};
    const auto line = document.height("0", {style.size * scale, style.bold, style.face}, inner);
    const auto label_line = document.height("0", {small.size * scale}, inner);
    add(margin_x, y + (line - label_line) / 2, label_width, label, small);
    y += add(margin_x + label_width, y, beside_code - label_width, text, style) + 0.5;
  };
  if (!way.group.empty()) labelled("Класс", way.group, {.size = 9.5});
  labelled("Адрес", address, {.size = 9.5});
  labelled("Логин", way.login, {.size = 11.5, .face = Face::mono});
  labelled("Пароль", way.one_time_password, {.size = 14, .bold = true, .face = Face::mono});
  const auto hint_height = document.height(hint, {.size = 7.5 * scale}, inner);
  const auto hint_y = height - margin_y - hint_height;
  add(margin_x, hint_y, inner, hint, {.size = 7.5});
  made.fits = std::max(y, margin_y + code_edge) + 1.5 <= hint_y;
  return made;
}

void draw(Document& document, double x, double y, const std::string& school, const std::string& address,
          const WayIn& way) {
  auto scale = 1.0;
  auto made = compose(document, school, address, way, scale);
  while (!made.fits) made = compose(document, school, address, way, scale *= 0.95);
  for (const auto& piece : made.pieces) document.text(x + piece.x, y + piece.y, piece.width, piece.text, piece.style);
  document.qr_code(x + width - margin_x - code_edge, y + margin_y, code_edge, address);
}

}  // namespace

std::string access_slips(const std::string& school, const std::string& address, const std::vector<WayIn>& ways) {
  Document document("Листки доступа");
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const auto place = static_cast<int>(i % (columns * rows));
    if (i && !place) document.next_page();
    const int column = place % columns, row = place / columns;
    const auto x = column * width, y = row * height;
    draw(document, x, y, school, address, ways[i]);
    // Each cut is drawn by the slips on one side of it.
    if (column + 1 < columns) document.dashed_line(x + width, y, x + width, y + height);
    if (row + 1 < rows) document.dashed_line(x, y + height, x + width, y + height);
  }
  return document.finish();
}

}  // namespace eschool::print
