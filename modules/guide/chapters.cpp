#include "guide/chapters.hpp"

#include <md4c-html.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "text/fold.hpp"
#include "text/passport_letters.hpp"

namespace eschool::guide {

namespace {

constexpr std::size_t words_around = 12;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\r')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \n\t|"), text.size());
    if (end) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string slug(std::string_view title) {
  std::string slug;
  for (const auto word : words_of(title)) {
    const auto latin = text::passport_letters(word);
    if (latin.empty()) continue;
    if (!slug.empty()) slug += '-';
    slug += latin;
  }
  return slug.empty() ? "chapter" : slug;
}

/// What stands in `<!-- name: … -->`, or nothing.
bool directive(std::string_view line, std::string_view name, std::vector<std::string>& into) {
  const std::string begins = "<!-- " + std::string(name) + ":";
  line = trimmed(line);
  if (!line.starts_with(begins) || !line.ends_with("-->")) return false;
  line = line.substr(begins.size(), line.size() - begins.size() - 3);
  for (const auto word : words_of(line)) into.emplace_back(word);
  return true;
}

std::string plain(std::string_view word) {
  std::string text;
  for (const char c : word)
    if (std::string_view("*`#_").find(c) == std::string_view::npos) text += c;
  return text;
}

}  // namespace

std::vector<Chapter> chapters(std::string_view text, std::string_view prefix) {
  std::vector<Chapter> chapters;
  std::set<std::string> known;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("# ") || line.starts_with("## ")) {
      Chapter chapter;
      chapter.title = trimmed(line.substr(line.find(' ')));
      const auto wanted = std::string(prefix) + "." + slug(chapter.title);
      chapter.id = wanted;
      for (int number = 2; !known.insert(chapter.id).second;) chapter.id = wanted + "-" + std::to_string(number++);
      chapters.push_back(std::move(chapter));
    } else if (!chapters.empty()) {
      auto& chapter = chapters.back();
      if (directive(line, "for", chapter.roles) || directive(line, "on", chapter.pages)) continue;
      chapter.markdown += line;
      chapter.markdown += '\n';
    }
  }
  return chapters;
}

std::string html(std::string_view markdown) {
  std::string out;
  const auto append = [](const MD_CHAR* text, MD_SIZE size, void* to) {
    static_cast<std::string*>(to)->append(text, size);
  };
  if (md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &out,
              MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEURLAUTOLINKS, 0) != 0)
    throw std::runtime_error("a guide's chapter could not be rendered");
  return out;
}

std::string found(const Chapter& chapter, std::string_view query) {
  const auto folded_query = text::fold(query);
  const auto wanted = words_of(folded_query);
  if (wanted.empty()) return {};
  const auto whole = chapter.title + ". " + chapter.markdown;
  const auto words = words_of(whole);
  std::vector<std::string> folded;
  for (const auto word : words) folded.push_back(text::fold(plain(word)));
  const auto begins = [](std::string_view wish, const std::string& word) { return word.find(wish) != word.npos; };
  std::size_t first = words.size();
  for (const auto wish : wanted) {
    const auto at = std::find_if(folded.begin(), folded.end(), [&](const auto& word) { return begins(wish, word); });
    if (at == folded.end()) return {};
    first = std::min(first, static_cast<std::size_t>(at - folded.begin()));
  }
  std::string around;
  const auto from = first > words_around / 2 ? first - words_around / 2 : 0;
  for (auto i = from; i < std::min(words.size(), from + words_around); ++i) {
    const auto word = plain(words[i]);
    if (word.find_first_not_of("-") == std::string::npos) continue;
    around += (around.empty() ? "" : " ") + word;
  }
  return around;
}

}  // namespace eschool::guide
