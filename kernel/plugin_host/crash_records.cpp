#include "kernel/plugin_host/crash_records.hpp"

#include <fmt/chrono.h>

#include <boost/property_tree/info_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <ctime>

namespace eschool::plugin_host {

namespace tree = boost::property_tree;

CrashRecords::CrashRecords(std::filesystem::path file) : file_(std::move(file)) {
  if (file_.empty() || !std::filesystem::exists(file_)) return;
  try {
    tree::ptree document;
    tree::read_info(file_.string(), document);
    for (const auto& [plugin, record] : document)
      records_[plugin] = {record.get<int>("crashes"), record.get<std::string>("at"), record.get<std::string>("what")};
  } catch (const tree::ptree_error& failure) {
    fmt::print(stderr, "{}: {}\n", file_.string(), failure.what());
    records_.clear();
  }
}

void CrashRecords::add(const std::string& plugin, const std::string& what) {
  const std::lock_guard lock(mutex_);
  auto& record = records_[plugin];
  ++record.crashes;
  record.at = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  record.what = what;
  store();
}

std::optional<CrashRecord> CrashRecords::find(std::string_view plugin) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(plugin);
  return found == records_.end() ? std::nullopt : std::optional(found->second);
}

bool CrashRecords::remove(std::string_view plugin) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(plugin);
  if (found == records_.end()) return false;
  records_.erase(found);
  store();
  return true;
}

void CrashRecords::forget_single() {
  const std::lock_guard lock(mutex_);
  if (std::erase_if(records_, [](const auto& entry) { return !entry.second.quarantined(); }) > 0) store();
}

void CrashRecords::store() const {
  if (file_.empty()) return;
  tree::ptree document;
  for (const auto& [plugin, record] : records_) {
    tree::ptree item;
    item.put("crashes", record.crashes);
    item.put("at", record.at);
    item.put("what", record.what);
    document.add_child(plugin, item);
  }
  const auto fresh = file_.string() + ".new";
  try {
    tree::write_info(fresh, document);
    std::filesystem::rename(fresh, file_);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}: {}\n", file_.string(), failure.what());
  }
}

}  // namespace eschool::plugin_host
