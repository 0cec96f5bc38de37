/// Files that are the same for everybody: the web shell. Read once at the start and answered from memory.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/http/message.hpp"

namespace eschool::http {

class StaticFiles {
 public:
  /// None at all.
  StaticFiles() = default;
  /// Every file below the folder, and `index.html` as the page of every address that is not a file's. Files `x.br`
  /// and `x.gz` beside `x` are its packed forms. Throws std::runtime_error when a file cannot be read or there is no
  /// index.html.
  explicit StaticFiles(const std::filesystem::path& folder);

  /// Every file below the folder under `<prefix>/<hash of them all>/`, kept by browsers for ever; answers that address.
  /// For the pages that come with plugins. Throws std::runtime_error.
  std::string add_module(const std::filesystem::path& folder, const std::string& prefix);

  bool empty() const { return files_.empty(); }

  /// The file that lies at the address, or the page for whoever asks for one; nothing for what is no file and was not
  /// asked for as a page, such as /api/…. Files whose name holds a hash of them may be kept for ever. Any thread.
  std::optional<Reply> answer(const Request&, std::string_view path) const;

 private:
  struct File {
    std::string mime, bytes, etag;
    std::string brotli, gzip;  ///< packed forms; empty when there is none
    bool for_ever = false;
  };
  Reply reply(const File&, const Request&) const;

  std::map<std::string, File, std::less<>> files_;  ///< by address: "/ui/main-4F1C22AB.js"
};

}  // namespace eschool::http
