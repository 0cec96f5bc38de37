/// A reply without an end: events that are sent as they happen (text/event-stream).
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace eschool::http {

/// Between whoever tells of events and the connection that carries them. Any thread.
class EventStream {
 public:
  /// A client that does not take so many bytes is cut off: it connects anew and asks what it missed.
  static constexpr std::size_t most_waiting = 256 * 1024;

  /// Queues one event; false when the client is gone or was cut off for being slow. `id` may be empty; `data` is one
  /// line.
  bool send(std::string_view event, std::string_view data, std::string_view id = {});
  /// Tells the client the id that it will name when it comes back, without an event.
  void mark(std::string_view id);
  /// Ends the stream once what waits is sent.
  void end();
  bool ended() const;

  /// The connection's side. `wake` is called, from any thread, when there is something to take or the end has come.
  void attach(std::function<void()> wake);
  /// All that waits; empty when nothing does.
  std::string take();
  /// The client is gone.
  void lost();

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string waiting_;
  bool ended_ = false, lost_ = false;
};

}  // namespace eschool::http
