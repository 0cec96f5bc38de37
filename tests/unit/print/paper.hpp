/// A PDF as its readers see it: through poppler's programs and a reader of QR codes.
#pragma once

#include <string>
#include <vector>

namespace eschool::test {

struct Word {
  int page = 0;                                     ///< from 1
  double left = 0, top = 0, right = 0, bottom = 0;  ///< millimetres
  std::string text;
};

class Paper {
 public:
  explicit Paper(const std::string& pdf);
  ~Paper();
  Paper(const Paper&) = delete;

  int pages() const;
  std::string title() const;
  std::vector<Word> words() const;
  std::string text() const;   ///< words of all pages with a blank between them
  std::string fonts() const;  ///< what pdffonts tells of them
  std::vector<std::string> codes(int page) const;

 private:
  std::string folder_, file_;
};

/// Two words of one page that lie on each other.
std::vector<std::string> collisions(const std::vector<Word>&);

/// Words that are not whole on their page, `margin` from its edges.
std::vector<std::string> outside(const std::vector<Word>&, double margin);

}  // namespace eschool::test
