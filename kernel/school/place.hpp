/// Where a school's database is.
#pragma once

#include <filesystem>
#include <string>

#include "kernel/config/config.hpp"
#include "kernel/storage/location.hpp"

namespace eschool::school {

/// The file `school.db` of the school's folder.
storage::Location file_place(const std::filesystem::path& folder);
/// The schema of the school whose folder has this name, in the database of the settings. Throws std::runtime_error when
/// the settings name none.
storage::Location schema_place(const std::filesystem::path& folder, const config::Config&);
/// Where a new school is made.
storage::Location new_place(const std::filesystem::path& folder, const config::Config&);

/// What `storage.info` of the folder says; without that file the school is in school.db. Throws std::runtime_error for
/// a file that cannot be understood and for a schema without a connection in the settings.
storage::Location place_of(const std::filesystem::path& folder, const config::Config&);
/// Makes the folder say so, at once or not at all.
void note_place(const std::filesystem::path& folder, const storage::Location&);

/// The host name of the school as its folder says it: by it a school is found whose database cannot be opened. The
/// database is what decides. Empty without one.
std::string noted_host(const std::filesystem::path& folder);
/// Makes the folder say so, if it does not yet; what cannot be written is left out, for the database has it.
void note_host(const std::filesystem::path& folder, const std::string& host);

}  // namespace eschool::school
