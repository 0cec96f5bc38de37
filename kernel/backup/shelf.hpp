#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kernel/backup/schedule.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::backup {

/// A backup that the server took by itself.
struct Taken {
  std::filesystem::path file;
  Stamp stamp;
  std::int64_t bytes = 0;
  Kept kept = Kept::expired;
};

/// The scheduled backups of one school: `<folder>/<school>/2026-11-25_03-00-00.db`. Other files of the folder are
/// neither counted nor removed. One thread at a time.
class Shelf {
 public:
  Shelf(const config::BackupSettings& settings, const std::string& school)
      : settings_(settings), folder_(settings.folder / school) {}

  /// Oldest first. A folder that is missing or cannot be read is empty.
  std::vector<Taken> list(const Stamp& now) const;
  bool due(const Stamp& now) const;
  /// A verified copy named after `now`, then the expired ones go. Throws storage::Error, std::filesystem errors and
  /// what `progress` throws, which ends the copying; then nothing has been removed.
  Taken take(storage::Database&, const Stamp& now, const std::function<void(double)>& progress = {}) const;

 private:
  const config::BackupSettings& settings_;
  std::filesystem::path folder_;
};

}  // namespace eschool::backup
