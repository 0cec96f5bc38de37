/// How often each plugin brought the server down without a good end between: kept in a file of the data folder.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace eschool::plugin_host {

struct CrashRecord {
  static constexpr int limit = 2;  ///< so many in a row put the plugin into quarantine
  int crashes = 0;
  std::string at;    ///< UTC, when the last was noticed
  std::string what;  ///< Russian, of the last
  bool quarantined() const { return crashes >= limit; }
};

/// Any thread. Each change is on the disk when the function returns.
class CrashRecords {
 public:
  /// Without a name nothing is kept. A file that can not be read counts as empty: it must not keep the server from
  /// starting.
  explicit CrashRecords(std::filesystem::path file);
  void add(const std::string& plugin, const std::string& what);
  std::optional<CrashRecord> find(std::string_view plugin) const;
  /// False when there was none.
  bool remove(std::string_view plugin);
  /// The server ended as it should: the row is broken. Quarantine stays until somebody lifts it.
  void forget_single();

 private:
  void store() const;
  std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::map<std::string, CrashRecord, std::less<>> records_;
};

}  // namespace eschool::plugin_host
