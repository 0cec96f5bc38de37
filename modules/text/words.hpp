/// The words by which a text is found: of the text itself, and of what somebody typed to find it. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eschool::text {

/// The words of a folded text (fold.hpp), in its order: letters and digits without a break, of 64 code points at most.
/// Punctuation and symbols part words and belong to none.
std::vector<std::string> words(std::string_view folded);

/// The words that begin inside a folded text and not with it, each once: to look for those at its beginning the text
/// itself is enough. In «7б» a word begins with the letter as well, so that «7 б» finds it.
std::vector<std::string> inner_words(std::string_view folded);

/// A part of a query that must be found; what it may be beside its words is for fields that hold such things.
struct SearchTerm {
  std::vector<std::string> words;  ///< one, or more where a telephone number or a date was typed with punctuation
  std::string phone;               ///< the ten digits of a number of this country, however it was typed
  std::string date;                ///< ISO
};

/// What must be found for a query, in its order; empty for one of punctuation alone. Folds the query itself.
std::vector<SearchTerm> search_terms(std::string_view query);

}  // namespace eschool::text
