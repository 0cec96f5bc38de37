/// The lyceum as the Excel files that a school fills.
#pragma once

#include <filesystem>

#include "demo/lyceum.hpp"

namespace eschool::demo {

/// Writes «Учреждение», «Аудитории», «Сотрудники», «Классы», «Ученики», «Родители» and what belongs to them as .xlsx
/// into the folder.
/// Throws std::runtime_error when a file cannot be written.
void write_sheets(const Lyceum&, const std::filesystem::path& folder);

}  // namespace eschool::demo
