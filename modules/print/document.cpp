#include "print/document.hpp"

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <map>

namespace eschool::print {

namespace {

constexpr double points = 72 / 25.4;  // in a millimetre
constexpr double thin = 0.5;          // points

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(PangoFontDescription* description) const { pango_font_description_free(description); }
  void operator()(PangoAttrList* list) const { pango_attr_list_unref(list); }
  void operator()(PangoFontMap* object) const { g_object_unref(object); }
  void operator()(PangoContext* object) const { g_object_unref(object); }
  void operator()(PangoLayout* object) const { g_object_unref(object); }
  void operator()(PangoFont* object) const { g_object_unref(object); }
  void operator()(QRcode* code) const { QRcode_free(code); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const char* family(Face face) { return face == Face::mono ? "PT Mono" : "PT Sans"; }

Owned<PangoFontDescription> description(const Style& style) {
  Owned<PangoFontDescription> made(pango_font_description_new());
  pango_font_description_set_family_static(made.get(), family(style.face));
  pango_font_description_set_size(made.get(), static_cast<int>(style.size * PANGO_SCALE));
  pango_font_description_set_weight(made.get(), style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  return made;
}

/// Pango takes what is there for what is not: what came is looked at.
void require_font(PangoContext* context, Face face) {
  const Owned<PangoFont> font(pango_context_load_font(context, description({.face = face}).get()));
  const Owned<PangoFontDescription> found(font ? pango_font_describe(font.get()) : nullptr);
  if (found && std::string_view(pango_font_description_get_family(found.get())) == family(face)) return;
  throw MissingFont(fmt::format("На сервере нет шрифта {}. Установите пакет fonts-paratype и перезапустите программу.",
                                family(face)));
}

cairo_status_t append(void* out, const unsigned char* data, unsigned int size) noexcept {
  try {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::exception&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

/// A drawing of dark modules in a square of 1 by 1.
Owned<cairo_surface_t> draw_code(const std::string& text) {
  const Owned<QRcode> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
  if (!code) throw std::runtime_error("Текст не помещается в код QR");
  const cairo_rectangle_t square{0, 0, 1, 1};
  Owned<cairo_surface_t> drawing(cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &square));
  const Owned<cairo_t> cairo(cairo_create(drawing.get()));
  const int size = code->width;
  const double module = 1.0 / size;
  const auto dark = [&](int column, int row) { return column < size && (code->data[row * size + column] & 1) != 0; };
  for (int row = 0; row < size; ++row)
    for (int begin = 0; begin < size; ++begin) {
      if (!dark(begin, row)) continue;
      int end = begin;
      while (dark(end, row)) ++end;
      // Rows overlap a little: screens would show paper between them.
      cairo_rectangle(cairo.get(), begin * module, row * module, (end - begin) * module, module * 1.02);
      begin = end;
    }
  cairo_fill(cairo.get());
  return drawing;
}

}  // namespace

struct Document::Canvas {
  std::string pdf;  // first: the surface writes to it until it is destroyed
  Owned<cairo_surface_t> surface{
      cairo_pdf_surface_create_for_stream(append, &pdf, page_width* points, page_height* points)};
  Owned<cairo_t> cairo{cairo_create(surface.get())};
  // Of its own, for threads may not share one.
  Owned<PangoFontMap> fonts{pango_cairo_font_map_new()};
  Owned<PangoContext> context{pango_font_map_create_context(fonts.get())};
  Owned<PangoLayout> layout;
  std::map<std::string, Owned<cairo_surface_t>> codes;  // drawn once, the file holds each once too

  cairo_surface_t* code_of(const std::string& text) {
    auto& code = codes[text];
    if (!code) code = draw_code(text);
    return code.get();
  }

  PangoLayout* laid_out(std::string_view text, const Style& style, double width, Align align) const {
    pango_layout_set_font_description(layout.get(), description(style).get());
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    pango_layout_set_width(layout.get(), static_cast<int>(width * points * PANGO_SCALE));
    pango_layout_set_alignment(layout.get(), align == Align::center  ? PANGO_ALIGN_CENTER
                                             : align == Align::right ? PANGO_ALIGN_RIGHT
                                                                     : PANGO_ALIGN_LEFT);
    return layout.get();
  }

  double height() const {
    PangoRectangle logical;
    pango_layout_get_extents(layout.get(), nullptr, &logical);
    return logical.height / (points * PANGO_SCALE);
  }

  void stroke(double x1, double y1, double x2, double y2) {
    cairo_move_to(cairo.get(), x1 * points, y1 * points);
    cairo_line_to(cairo.get(), x2 * points, y2 * points);
    cairo_stroke(cairo.get());
  }
};

Document::Document(const std::string& title) : canvas_(std::make_unique<Canvas>()) {
  cairo_pdf_surface_set_metadata(canvas_->surface.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_set_line_width(canvas_->cairo.get(), thin);
  auto* context = canvas_->context.get();
  pango_cairo_context_set_resolution(context, 72);  // a unit of the surface is a point
  pango_context_set_language(context, pango_language_from_string("ru"));
  pango_context_set_round_glyph_positions(context, FALSE);  // that is for screens
  pango_cairo_update_context(canvas_->cairo.get(), context);
  require_font(context, Face::sans);
  require_font(context, Face::mono);
  canvas_->layout.reset(pango_layout_new(context));
  pango_layout_set_wrap(canvas_->layout.get(), PANGO_WRAP_WORD_CHAR);
  // A hyphen that the program puts in would be typed as a part of the login.
  const Owned<PangoAttrList> attributes(pango_attr_list_new());
  pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
  pango_layout_set_attributes(canvas_->layout.get(), attributes.get());
}

Document::~Document() = default;

double Document::height(std::string_view text, const Style& style, double width) const {
  canvas_->laid_out(text, style, width, Align::left);
  return canvas_->height();
}

double Document::text(double x, double y, double width, std::string_view text, const Style& style, Align align) {
  auto* layout = canvas_->laid_out(text, style, width, align);
  cairo_move_to(canvas_->cairo.get(), x * points, y * points);
  pango_cairo_show_layout(canvas_->cairo.get(), layout);
  return canvas_->height();
}

void Document::line(double x1, double y1, double x2, double y2) { canvas_->stroke(x1, y1, x2, y2); }

void Document::dashed_line(double x1, double y1, double x2, double y2) {
  constexpr double dash = 3;
  cairo_set_dash(canvas_->cairo.get(), &dash, 1, 0);
  canvas_->stroke(x1, y1, x2, y2);
  cairo_set_dash(canvas_->cairo.get(), nullptr, 0, 0);
}

void Document::qr_code(double x, double y, double edge, const std::string& text) {
  auto* cairo = canvas_->cairo.get();
  cairo_save(cairo);
  cairo_translate(cairo, x * points, y * points);
  cairo_scale(cairo, edge * points, edge * points);
  cairo_set_source_surface(cairo, canvas_->code_of(text), 0, 0);
  cairo_paint(cairo);
  cairo_restore(cairo);
}

void Document::next_page() { cairo_show_page(canvas_->cairo.get()); }

std::string Document::finish() {
  cairo_surface_finish(canvas_->surface.get());
  for (const auto status : {cairo_status(canvas_->cairo.get()), cairo_surface_status(canvas_->surface.get())})
    if (status != CAIRO_STATUS_SUCCESS)
      throw std::runtime_error(fmt::format("PDF не сделан: {}", cairo_status_to_string(status)));
  return std::move(canvas_->pdf);
}

}  // namespace eschool::print
