#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "kernel/storage/lock_file.hpp"
#include "kernel/storage/sqlite_session.hpp"
#include "kernel/storage/sqlite_writer.hpp"

namespace eschool::storage {

struct Database::Impl {
  Impl(const std::filesystem::path&, const Options&);
  ~Impl();

  Session* take();
  void give_back(Session*) noexcept;

  std::filesystem::path file;
  SqliteAccess::Options session_options;
  LockFile lock;
  std::unique_ptr<Writer> writer;

  std::mutex mutex;
  std::vector<std::unique_ptr<Session>> sessions;  ///< all of them; they close before the writer does
  std::vector<Session*> idle;                      ///< the last one back is the next one out: its cache is warm
};

}  // namespace eschool::storage
