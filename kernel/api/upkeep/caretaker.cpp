#include "kernel/api/upkeep/caretaker.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "kernel/api/application.hpp"
#include "kernel/school/clock_check.hpp"

namespace eschool::api {

namespace {

constexpr auto pause = std::chrono::seconds(1);
constexpr std::int64_t inspection_interval = 24 * 3600;
constexpr std::int64_t retry_backup_after = 600;
// Another server takes the backups of a school that both have open; it may end, and this one takes over.
constexpr std::int64_t ask_again_after = 60;
constexpr std::int64_t clock_jump_told_for = 3600;

std::int64_t monotonic() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t wall_clock() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

Caretaker::Caretaker(Application& application)
    : application_(application), clock_(wall_clock()), monotonic_(monotonic()), thread_([this] { run(); }) {}

Caretaker::~Caretaker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  const std::lock_guard one(shelf_);  // a backup that somebody asked for is brought to its end
}

Caretaker::BackupState Caretaker::backup_state(const std::string& school) const {
  const std::lock_guard lock(mutex_);
  const auto found = backups_.find(school);
  return found == backups_.end() ? BackupState{} : found->second;
}

std::string Caretaker::clock_jump() const {
  const std::lock_guard lock(mutex_);
  return !clock_jump_.empty() && monotonic() - clock_jump_at_ < clock_jump_told_for ? clock_jump_ : std::string();
}

void Caretaker::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    round();
    lock.lock();
    wake_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

void Caretaker::round() {
  watch_clock();
  application_.open_closed_schools();
  for (const auto& id : application_.school_ids()) {
    auto& school = application_.school(id);
    try {
      if (school.health().fault() != school::Fault::none && school.health().recheck() != school::Fault::none) continue;
      inspect(school);
      back_up(school);
    } catch (const std::exception& failure) {
      fmt::print(stderr, "school {}: {}\n", id, failure.what());
    }
  }
}

void Caretaker::watch_clock() {
  const auto clock = wall_clock(), counter = monotonic();
  if (const auto fault = school::clock_fault(clock, 0, clock - clock_, counter - monotonic_)) {
    fmt::print(stderr, "{}\n", *fault);
    const std::lock_guard lock(mutex_);
    clock_jump_ = *fault;
    clock_jump_at_ = counter;
  }
  clock_ = clock;
  monotonic_ = counter;
}

void Caretaker::inspect(school::School& school) {
  const auto last = inspected_.find(school.id());
  if (last != inspected_.end() && monotonic() - last->second < inspection_interval) return;
  inspected_[school.id()] = monotonic();
  school.health().inspect();
}

backup::Taken Caretaker::take(school::School& school, const std::function<void(double)>& progress) {
  const std::lock_guard one(shelf_);
  const backup::Shelf shelf(application_.config().backup, school.id());
  const auto moment = school.clock().moment();
  const auto now = backup::stamp_of(moment.today, moment.second_of_day);
  for (const auto& taken : shelf.list(now))
    if (taken.stamp == now) return taken;
  return shelf.take(school.database(), now, progress);
}

void Caretaker::back_up(school::School& school) {
  const auto& settings = application_.config().backup;
  if (settings.folder.empty() || school.health().fault() == school::Fault::damaged) return;
  const auto retry = backup_retry_.find(school.id());
  if (retry != backup_retry_.end() && monotonic() < retry->second) return;
  const std::lock_guard one(shelf_);
  const backup::Shelf shelf(settings, school.id());
  const auto moment = school.clock().moment();
  const auto now = backup::stamp_of(moment.today, moment.second_of_day);
  if (!shelf.due(now)) return;
  std::string failed;
  try {
    if (!school.database().claim("backup")) {
      backup_retry_[school.id()] = monotonic() + ask_again_after;
      return;
    }
    const auto taken = shelf.take(school.database(), now, [this](double) {
      const std::lock_guard lock(mutex_);
      if (stopping_) throw std::runtime_error("сервер останавливают");
    });
    fmt::print(stderr, "school {}: копия снята и проверена: {}\n", school.id(), taken.file.string());
    backup_retry_.erase(school.id());
  } catch (const storage::Error& failure) {
    failed = failure.what();
    // The copy is compared with its source: what is broken may be either.
    if (failure.kind() == storage::ErrorKind::corrupt) school.health().inspect();
  } catch (const std::exception& failure) {
    failed = failure.what();
  }
  if (!failed.empty()) {
    backup_retry_[school.id()] = monotonic() + retry_backup_after;
    fmt::print(stderr, "school {}: копия по расписанию не снята: {}\n", school.id(), failed);
  }
  const std::lock_guard lock(mutex_);
  auto& state = backups_[school.id()];
  state.last_error = failed;
  if (failed.empty()) {
    ++state.taken;
    state.last_success = moment.seconds;
  } else {
    ++state.failed;
  }
}

}  // namespace eschool::api
