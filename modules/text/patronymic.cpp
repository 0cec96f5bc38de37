#include "text/patronymic.hpp"

#include <algorithm>
#include <array>

namespace eschool::text {

namespace {

struct Exception {
  std::string_view father, son, daughter;
};

/// Names whose stem changes, or that follow no rule of endings.
constexpr std::array exceptions{
    Exception{"Илья", "Ильич", "Ильинична"},         Exception{"Кузьма", "Кузьмич", "Кузьминична"},
    Exception{"Фома", "Фомич", "Фоминична"},         Exception{"Лука", "Лукич", "Лукинична"},
    Exception{"Лев", "Львович", "Львовна"},          Exception{"Павел", "Павлович", "Павловна"},
    Exception{"Пётр", "Петрович", "Петровна"},       Exception{"Петр", "Петрович", "Петровна"},
    Exception{"Яков", "Яковлевич", "Яковлевна"},     Exception{"Михаил", "Михайлович", "Михайловна"},
    Exception{"Самуил", "Самуилович", "Самуиловна"}, Exception{"Леонтий", "Леонтьевич", "Леонтьевна"},
};

bool ends_with(std::string_view text, std::string_view ending) { return text.ends_with(ending); }

bool is_one_of(std::string_view letter, std::string_view letters) {
  return !letter.empty() && letters.find(letter) != std::string_view::npos;
}

/// The last letter of a Cyrillic word: two bytes each.
std::string_view last_letter(std::string_view word) { return word.size() < 2 ? word : word.substr(word.size() - 2); }

constexpr std::string_view vowels = "аеёиоуыэюяАЕЁИОУЫЭЮЯ";
constexpr std::string_view hushing = "жшчщц";

std::string with(std::string_view stem, std::string_view ending) { return std::string(stem) + std::string(ending); }

}  // namespace

std::string patronymic_of(std::string_view father, Sex child) {
  if (father.empty()) return {};
  const bool son = child == Sex::male;
  const auto known =
      std::find_if(exceptions.begin(), exceptions.end(), [&](const Exception& e) { return e.father == father; });
  if (known != exceptions.end()) return std::string(son ? known->son : known->daughter);

  const auto stem = father.substr(0, father.size() - last_letter(father).size());
  if (ends_with(father, "ий")) {
    // The «и» turns into a soft sign after one consonant (Юрьевич), and stays after two or after г, к, х (Дмитриевич).
    const auto before = stem.substr(0, stem.size() - 2);
    const auto last = last_letter(before);
    const auto one_earlier = last_letter(before.substr(0, before.size() - last.size()));
    const bool two_consonants = !one_earlier.empty() && !is_one_of(one_earlier, vowels) && one_earlier != last;
    const bool kept = is_one_of(last, "гкх") || two_consonants;
    return with(before, kept ? (son ? "иевич" : "иевна") : (son ? "ьевич" : "ьевна"));
  }
  const auto last = last_letter(father);
  if (last == "й" || last == "ь") return with(stem, son ? "евич" : "евна");
  if (last == "а" || last == "я") return with(stem, son ? "ич" : "ична");
  if (is_one_of(last, "оу")) return with(stem, son ? "ович" : "овна");
  if (is_one_of(last, "еиэыю")) return with(father, son ? "евич" : "евна");
  return with(father, is_one_of(last, hushing) ? (son ? "евич" : "евна") : (son ? "ович" : "овна"));
}

}  // namespace eschool::text
