/// Upright pages of A4 as a PDF in memory. Places and lengths are millimetres from the left upper corner of the page,
/// sizes of letters are points. A document belongs to one thread; those of several threads share nothing.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eschool::print {

inline constexpr double page_width = 210, page_height = 297;

enum class Face { sans, mono };  ///< PT Sans, PT Mono
enum class Align { left, center, right };

struct Style {
  double size = 10;
  bool bold = false;
  Face face = Face::sans;
};

/// A typeface is not installed. The text, Russian, names it and what to do: another in its place would change every
/// form unseen.
struct MissingFont : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Document {
 public:
  /// Begins the first page. Throws MissingFont.
  explicit Document(const std::string& title);
  ~Document();
  Document(const Document&) = delete;

  /// The height that the text takes; its lines are broken at `width`, within a word only when the word alone is wider.
  double height(std::string_view text, const Style&, double width) const;
  /// Draws it with its left upper corner at (x, y); answers its height. Never clips: what is too long grows downwards.
  double text(double x, double y, double width, std::string_view text, const Style&, Align = Align::left);
  void line(double x1, double y1, double x2, double y2);
  void dashed_line(double x1, double y1, double x2, double y2);
  /// The text as a QR code in a square; the four modules of blank paper around it that readers ask for are the
  /// caller's. Throws std::runtime_error for more than a code can hold.
  void qr_code(double x, double y, double edge, const std::string& text);
  void next_page();
  /// The PDF. Nothing more may be drawn. Throws std::runtime_error.
  std::string finish();

 private:
  struct Canvas;
  std::unique_ptr<Canvas> canvas_;
};

}  // namespace eschool::print
