#pragma once

#include <string>

#include "kernel/storage/location.hpp"

namespace eschool::storage {

/// The channel on which commits to a school's schema are told, quoted for SQL.
std::string commit_channel(const Location&);

}  // namespace eschool::storage
