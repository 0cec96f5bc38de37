#include "text/names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "text/fold.hpp"

namespace eschool::text {

namespace {

/// The words of a cleaned text, which parts them by single spaces.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

constexpr std::array<std::string_view, 5> sons = {"оглы", "оглу", "угли", "улы", "уулу"};
constexpr std::array<std::string_view, 4> daughters = {"кызы", "гызы", "кизи", "кыз"};

bool is_son_or_daughter(std::string_view folded) {
  return std::find(sons.begin(), sons.end(), folded) != sons.end() ||
         std::find(daughters.begin(), daughters.end(), folded) != daughters.end();
}

std::string join(std::string_view first, std::string_view second) {
  return std::string(first) + ' ' + std::string(second);
}

}  // namespace

std::string tidy_name(std::string_view name) {
  std::string marked;
  walk_clean(name, [&](char32_t code) {
    if (is_dash(code)) code = U'-';
    if (code == U'`' || code == 0x2BC || code == 0x2018 || code == 0x2019 || code == 0x201B) code = U'\'';
    append_code_point(marked, code);
  });
  if (may_need_composing(marked)) marked = clean(marked);

  std::string out;
  const auto words = words_of(marked);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const bool lone_at_end = word == "-" && i + 1 == words.size();  // «Ли Анна -»: it says that there is no patronymic
    const bool joined = !out.empty() && !lone_at_end && (out.back() == '-' || word.front() == '-');
    if (!out.empty() && !joined) out += ' ';
    out += word;
  }
  return out;
}

std::optional<FullName> split_full_name(std::string_view name) {
  const std::string tidy = tidy_name(name);
  auto words = words_of(tidy);
  if (!words.empty() && words.back() == "-") words.pop_back();
  if (words.size() < 2 || words.size() > 4) return std::nullopt;
  const auto text = [&](std::size_t i) { return std::string(words[i]); };
  const bool son_or_daughter = is_son_or_daughter(fold(words.back()));
  if (words.size() == 2) {
    if (son_or_daughter) return std::nullopt;
    return FullName{text(0), text(1), {}};
  }
  if (words.size() == 3) {
    if (son_or_daughter) return std::nullopt;  // «Мамедов Гасан оглы» has no given name
    return FullName{text(0), text(1), text(2)};
  }
  if (!son_or_daughter && sex_by_patronymic(words[3])) return FullName{join(words[0], words[1]), text(2), text(3)};
  return FullName{text(0), text(1), join(words[2], words[3])};
}

Lookalikes fix_lookalikes(std::string_view text) {
  Lookalikes result;
  result.text.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t first = next_code_point(text, at);
    if (!is_letter(first)) {
      result.text.append(text.substr(start, at - start));
      continue;
    }
    bool cyrillic = false;
    bool twins = false;
    bool foreign = false;
    std::string fixed;
    std::size_t end = start;
    for (at = start; at < text.size(); end = at) {
      const char32_t code = next_code_point(text, at);
      if (!is_letter(code)) break;
      const char32_t twin = cyrillic_twin(code);
      twins = twins || twin != 0;
      cyrillic = cyrillic || is_cyrillic(code);
      foreign = foreign || (twin == 0 && !is_cyrillic(code));
      append_code_point(fixed, twin != 0 ? twin : code);
    }
    at = end;
    const bool change = cyrillic && twins && !foreign;
    result.changed = result.changed || change;
    if (change) {
      result.text += fixed;
    } else {
      result.text.append(text.substr(start, end - start));
    }
  }
  return result;
}

std::optional<Sex> sex_by_patronymic(std::string_view patronymic) {
  const std::string key = fold(patronymic);
  const std::string_view whole = key;
  const std::size_t cut = whole.find_last_of(" -");
  const std::string_view word = cut == std::string_view::npos ? whole : whole.substr(cut + 1);
  if (std::find(sons.begin(), sons.end(), word) != sons.end()) return Sex::male;
  if (std::find(daughters.begin(), daughters.end(), word) != daughters.end()) return Sex::female;
  const auto ends_with = [&](std::string_view ending) {
    return word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending;
  };
  if (ends_with("ич") || ends_with("оглы")) return Sex::male;
  if (ends_with("на") || ends_with("кызы")) return Sex::female;
  return std::nullopt;
}

}  // namespace eschool::text
