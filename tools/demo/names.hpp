/// Names as they are met in the south of Russia, by generation.
#pragma once

#include <string>

#include "demo/random.hpp"
#include "text/names.hpp"

namespace eschool::demo {

enum class Generation { child, parent, grandparent };

/// A surname in both forms; many have only one.
struct Surname {
  std::string male, female;
  const std::string& of(text::Sex sex) const { return sex == text::Sex::male ? male : female; }
};

Surname surname(Random&);
std::string given_name(Random&, text::Sex, Generation);

/// «Иванова», «Ольга» as the left part of an address: "ivanova.olga".
std::string latin(const std::string& cyrillic);

}  // namespace eschool::demo
