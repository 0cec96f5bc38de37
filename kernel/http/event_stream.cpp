#include "kernel/http/event_stream.hpp"

#include <utility>

namespace eschool::http {

bool EventStream::send(std::string_view event, std::string_view data, std::string_view id) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || lost_) return false;
    if (waiting_.size() > most_waiting) {
      ended_ = lost_ = true;
    } else {
      if (!id.empty()) waiting_.append("id: ").append(id).append("\n");
      waiting_.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
    }
    wake = wake_;
  }
  if (wake) wake();
  return !ended();
}

void EventStream::mark(std::string_view id) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || lost_) return;
    waiting_.append("id: ").append(id).append("\n\n");
    wake = wake_;
  }
  if (wake) wake();
}

void EventStream::end() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wake = wake_;
  }
  if (wake) wake();
}

bool EventStream::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_ || lost_;
}

void EventStream::attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

std::string EventStream::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void EventStream::lost() {
  const std::lock_guard lock(mutex_);
  lost_ = true;
  wake_ = nullptr;  // it holds the connection
  waiting_.clear();
}

}  // namespace eschool::http
