/// Russian names in Latin letters. Pure functions, safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace eschool::text {

/// As a Russian passport for travel writes them (ICAO Doc 9303, part 3, table for Cyrillic): «Щербакова» ->
/// shcherbakova. Small letters; Latin letters and digits stay, a hyphen stays between two letters, whatever else there
/// is goes.
std::string passport_letters(std::string_view name);

}  // namespace eschool::text
