#pragma once

#include <string_view>

namespace eschool::auth {

/// True for what guessers try first: frequent passwords and school words, also typed in the other keyboard layout
/// (пароль = gfhjkm, йцукен = qwerty) or with up to four digits or signs around them; rows of keys, repetitions, runs
/// of digits, dates; the words and names of libzxcvbn. Any thread.
bool is_common_password(std::string_view password);

}  // namespace eschool::auth
