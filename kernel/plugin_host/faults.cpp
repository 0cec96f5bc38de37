#include "kernel/plugin_host/faults.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>

namespace eschool::plugin_host {
namespace {

std::pair<const char*, std::string> describe(FaultKind kind, std::string_view detail) {
  switch (kind) {
    case FaultKind::exception:
      return {"exception",
              fmt::format("обработчик завершился сбоем: {}", detail.empty() ? "причина не названа" : detail)};
    case FaultKind::wrong_thread:
      return {"wrong_thread", "обращение к серверу не из того потока, в котором модуль вызван; оно отклонено"};
    case FaultKind::write_outside:
      return {"write_outside", "попытка изменить данные там, где разрешено только чтение; она отклонена"};
    case FaultKind::hang:
      return {"hang", fmt::format("обработчик не вернул управление за {}", detail)};
    case FaultKind::crash:
      return {"crash", fmt::format("сервер аварийно завершился, выполняя этот модуль ({}); если это повторится, модуль "
                                   "не будет загружен",
                                   detail)};
  }
  return {"", ""};
}

}  // namespace

void Faults::note(FaultKind kind, std::string_view detail, std::chrono::steady_clock::time_point now) {
  auto [code, message] = describe(kind, detail);
  const std::lock_guard lock(mutex_);
  auto fault =
      std::find_if(faults_.begin(), faults_.end(), [&, name = code](const auto& one) { return one.code == name; });
  if (fault == faults_.end()) {
    faults_.push_back({code, {}, 0, {}});
    fault = faults_.end() - 1;
  }
  ++fault->count;
  fault->message = std::move(message);
  fault->last_at = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  if (kind == FaultKind::exception) {
    recent_.push_back(now);
    while (recent_.front() + window < now) recent_.pop_front();
  }
  if (kind == FaultKind::hang) ++hangs_;
  if (!may_suspend_ || suspended_.load()) return;
  const bool throwing = recent_.size() >= static_cast<std::size_t>(exceptions);
  if (!throwing && hangs_ < hangs) return;
  suspension_ = fmt::format(
      "модуль приостановлен: {}; обновите его и выполните «eschool plugin release»",
      throwing ? fmt::format("сбоев за минуту — {}", recent_.size()) : fmt::format("потеряно потоков — {}", hangs_));
  suspended_.store(true);
}

std::string Faults::suspension() const {
  const std::lock_guard lock(mutex_);
  return suspension_;
}

std::vector<Fault> Faults::list() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

bool Faults::release() {
  const std::lock_guard lock(mutex_);
  recent_.clear();
  hangs_ = 0;
  suspension_.clear();
  return suspended_.exchange(false);
}

}  // namespace eschool::plugin_host
