#pragma once

#include <string>
#include <string_view>

#include "kernel/storage/location.hpp"

namespace eschool::storage {

/// A definition with the words of an engine in the place of {id} (a number that the engine gives, the primary key),
/// {integer} (64 bits), {real}, {text} (compared by bytes) and {strict} (at the end of a table). Other braces stay.
std::string in_words_of(Engine, std::string_view definition);

}  // namespace eschool::storage
