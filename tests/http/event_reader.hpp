/// Reads the stream of GET /api/v1/events as a page does.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client.hpp"

namespace eschool::test {

struct Event {
  std::string name, data, id;
};

class EventReader {
 public:
  /// Opens the stream with the client's token and waits for the head of the reply. `last_event_id` may be empty.
  explicit EventReader(const Client&, const std::string& last_event_id = {});
  ~EventReader();
  EventReader(const EventReader&) = delete;

  int status() const { return status_; }
  /// The next event; nothing when none comes in time, or when the stream has ended.
  std::optional<Event> next(std::chrono::milliseconds patience = std::chrono::seconds(10));
  /// Whether the server ends the stream in time; events that come meanwhile are passed over.
  bool ends(std::chrono::milliseconds patience = std::chrono::seconds(10));

 private:
  /// False when nothing came in time or the other side is gone.
  bool read_more(std::chrono::steady_clock::time_point until);

  int socket_;
  int status_ = 0;
  bool ended_ = false;
  std::string text_;
};

}  // namespace eschool::test
