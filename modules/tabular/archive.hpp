/// Internal: the zip archive around an XLSX, read in memory under the caps. Names of members are only looked up, never
/// used as paths.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tabular/budget.hpp"

namespace eschool::tabular {

class Archive {
 public:
  /// `bytes` and `budget` must outlive the archive. Fails with damaged or too_many_entries.
  Archive(std::string_view bytes, Budget& budget);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  bool has(const std::string& name) const;
  /// Inflates a member piece by piece, checked against its CRC at the end. False when there is none of this name.
  /// Fails with encrypted, damaged, unpacked_too_large, compression_ratio or cpu_limit.
  bool read(const std::string& name, const std::function<void(std::string_view)>& piece) const;

 private:
  struct Zip;
  std::unique_ptr<Zip> zip_;
  Budget& budget_;
};

}  // namespace eschool::tabular
