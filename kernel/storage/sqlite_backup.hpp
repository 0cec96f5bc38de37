#pragma once

#include <filesystem>

#include "kernel/storage/session.hpp"

namespace eschool::storage {

/// Throws Error(corrupt) when the file that the session has open is broken.
void check_integrity(Session&, const std::filesystem::path& file);

bool same_file(const std::filesystem::path&, const std::filesystem::path&);

}  // namespace eschool::storage
