/// Names of people as Russian documents write them. Pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eschool::text {

enum class Sex { male, female };

struct FullName {
  std::string surname;
  std::string given_name;
  std::string patronymic;  ///< may be empty

  bool operator==(const FullName&) const = default;
};

struct Lookalikes {
  std::string text;
  bool changed = false;
};

/// clean(), with every dash as a hyphen without blanks around it («Иванова - Петрова») and every apostrophe as '.
std::string tidy_name(std::string_view name);

/// «Глушко Екатерина Львовна» into its parts; the case of letters stays as it is.
/// Two words have no patronymic, nor has a name whose last word is a lone dash. Of four words the last two are the
/// patronymic («Гасан оглы», or an unknown tradition), unless the last one alone is («Салтыков Щедрин Михаил
/// Евграфович»: a surname of two words). Nothing when there are fewer than two words or more than four.
std::optional<FullName> split_full_name(std::string_view name);

/// Replaces Latin letters that look like Cyrillic ones inside words that hold Cyrillic letters. A word in which Latin
/// letters would remain is left alone: it is not known what was meant.
Lookalikes fix_lookalikes(std::string_view text);

/// By the ending: -ич, оглы, улы male; -на, кызы female. Nothing for other words and for the empty one.
std::optional<Sex> sex_by_patronymic(std::string_view patronymic);

}  // namespace eschool::text
