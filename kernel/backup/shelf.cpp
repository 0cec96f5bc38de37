#include "kernel/backup/shelf.hpp"

#include <algorithm>

namespace eschool::backup {

namespace fs = std::filesystem;

namespace {

std::vector<Stamp> stamps_of(const std::vector<Taken>& backups) {
  std::vector<Stamp> stamps;
  for (const auto& backup : backups) stamps.push_back(backup.stamp);
  return stamps;
}

}  // namespace

std::vector<Taken> Shelf::list(const Stamp& now) const {
  std::vector<Taken> found;
  std::error_code failure;
  for (fs::directory_iterator entry(folder_, failure), end; !failure && entry != end; entry.increment(failure)) {
    if (entry->path().extension() != ".db" || !entry->is_regular_file(failure)) continue;
    const auto stamp = parse_stamp(entry->path().stem().string());
    if (!stamp) continue;
    std::error_code unknown;
    const auto size = fs::file_size(entry->path(), unknown);
    found.push_back({entry->path(), *stamp, unknown ? 0 : static_cast<std::int64_t>(size), Kept::expired});
  }
  std::sort(found.begin(), found.end(), [](const Taken& a, const Taken& b) { return a.stamp < b.stamp; });
  const auto kept = retention(settings_, stamps_of(found), now);
  for (std::size_t i = 0; i < found.size(); ++i) found[i].kept = kept[i];
  return found;
}

bool Shelf::due(const Stamp& now) const { return backup::due(settings_, stamps_of(list(now)), now); }

Taken Shelf::take(storage::Database& database, const Stamp& now, const std::function<void(double)>& progress) const {
  if (fs::create_directories(folder_)) fs::permissions(folder_, fs::perms::owner_all);  // it holds everything there is
  Taken taken{folder_ / (text(now) + ".db"), now, 0, Kept::newest};
  database.backup(taken.file, progress);
  taken.bytes = static_cast<std::int64_t>(fs::file_size(taken.file));
  for (const auto& old : list(now))
    if (old.kept == Kept::expired) fs::remove(old.file);
  return taken;
}

}  // namespace eschool::backup
