/// The value by which text is searched and compared for equality, with the headers that go with it.
#pragma once

#include <string>
#include <string_view>

#include "text/clean.hpp"     // IWYU pragma: export
#include "text/sort_key.hpp"  // IWYU pragma: export
#include "text/utf8.hpp"      // IWYU pragma: export

namespace eschool::text {

/// The text as a `…_key` column holds it: cleaned as by clean(), lower case, ё as е, stress marks dropped.
/// fold(fold(x)) = fold(x) = fold(clean(x)). A search folds what the user typed and looks for it inside the key.
/// Pure, safe from any thread.
std::string fold(std::string_view text);

}  // namespace eschool::text
