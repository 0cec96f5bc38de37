/// The name of a class: a grade and a letter. Pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eschool::text {

struct ClassName {
  int grade = 0;       ///< 1 to 12
  std::string letter;  ///< «А», «инж», or empty
  std::string name;    ///< «5А», «11-инж», «5»

  bool operator==(const ClassName&) const = default;
};

/// «5 А», «5-а», «5а», «5«А»», «5 "А" класс» and «5A» with a Latin letter are one class, «5А». The letter is free text
/// of up to 15 characters. A single one is a capital and joins the grade; Latin B, H, M, T and the like count as
/// Cyrillic in any case. Anything longer, and a number, follows a hyphen as it is written: «11-инж», «5-2».
/// normalise_class(x.name) = x. Nothing when there is no grade of 1 to 12 in front.
std::optional<ClassName> normalise_class(std::string_view text);

}  // namespace eschool::text
