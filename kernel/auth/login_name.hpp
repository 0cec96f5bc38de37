#pragma once

#include <string>
#include <string_view>

#include "kernel/storage/session.hpp"

namespace eschool::auth {

/// A login that nobody has, from a person's name: «Щербакова Анна Сергеевна» -> shcherbakova.as, and when that is
/// taken shcherbakova.as2, …3. A name without a letter that Latin has a writing for becomes user.
std::string free_login(storage::Session&, std::string_view name);

}  // namespace eschool::auth
