#include "paper.hpp"

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <stdexcept>

#include "print/document.hpp"

namespace eschool::test {

namespace {

std::string output(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                                   [](FILE* file) { return pclose(file); });
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t size; (size = std::fread(part.data(), 1, part.size(), pipe.get())) > 0;)
    text.append(part.data(), size);
  if (text.empty()) throw std::runtime_error("no answer from " + command);
  return text;
}

std::string plain(std::string text) {
  for (const auto& [mark, letter] : {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}})
    text = std::regex_replace(text, std::regex(mark), letter);
  return text;
}

std::string member(const std::string& info, const std::string& name) {
  std::smatch found;
  if (!std::regex_search(info, found, std::regex(name + ": +(.*)"))) throw std::runtime_error("no " + name);
  return found[1];
}

}  // namespace

Paper::Paper(const std::string& pdf) {
  auto pattern = (std::filesystem::temp_directory_path() / "eschool-print-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  file_ = folder_ + "/paper.pdf";
  std::ofstream(file_, std::ios::binary) << pdf;
}

Paper::~Paper() { std::filesystem::remove_all(folder_); }

int Paper::pages() const { return std::stoi(member(output("pdfinfo " + file_), "Pages")); }

std::string Paper::title() const { return member(output("pdfinfo " + file_), "Title"); }

std::vector<Word> Paper::words() const {
  constexpr double points = 72 / 25.4;
  const std::regex pattern(
      R"re(<page |<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">([^<]*)</word>)re");
  const auto boxes = output("pdftotext -bbox " + file_ + " -");
  std::vector<Word> words;
  int page = 0;
  for (std::sregex_iterator found(boxes.begin(), boxes.end(), pattern), end; found != end; ++found) {
    const auto edge = [&](std::size_t group) { return std::stod((*found)[group]) / points; };
    if ((*found)[5].matched)
      words.push_back({page, edge(1), edge(2), edge(3), edge(4), plain((*found)[5])});
    else
      ++page;
  }
  return words;
}

std::string Paper::text() const {
  std::string text;
  for (const auto& word : words()) text += word.text + ' ';
  return text;
}

std::string Paper::fonts() const { return output("pdffonts " + file_); }

std::vector<std::string> Paper::codes(int page) const {
  const auto number = std::to_string(page);
  output("pdftoppm -r 300 -gray -f " + number + " -l " + number + " -singlefile " + file_ + " " + folder_ +
         "/page && echo done");
  std::vector<std::string> codes;
  std::string lines = output("zbarimg --nodbus --quiet --raw -Sdisable -Sqrcode.enable " + folder_ + "/page.pgm");
  for (std::size_t begin = 0, end; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1)
    codes.push_back(lines.substr(begin, end - begin));
  return codes;
}

std::vector<std::string> collisions(const std::vector<Word>& words) {
  constexpr double touch = 0.3;  // boxes of lines may touch
  std::vector<std::string> found;
  for (std::size_t i = 0; i < words.size(); ++i)
    for (std::size_t j = i + 1; j < words.size() && words[j].page == words[i].page; ++j) {
      const auto &a = words[i], &b = words[j];
      if (std::min(a.right, b.right) - std::max(a.left, b.left) > touch &&
          std::min(a.bottom, b.bottom) - std::max(a.top, b.top) > touch)
        found.push_back(a.text + " / " + b.text);
    }
  return found;
}

std::vector<std::string> outside(const std::vector<Word>& words, double margin) {
  std::vector<std::string> found;
  for (const auto& word : words)
    if (word.left < margin || word.top < margin || word.right > print::page_width - margin ||
        word.bottom > print::page_height - margin)
      found.push_back(word.text);
  return found;
}

}  // namespace eschool::test
