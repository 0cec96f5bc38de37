/// Who listens to a school's events, and what each of them is told.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/auth/sessions.hpp"
#include "kernel/http/event_stream.hpp"
#include "kernel/school/change_feed.hpp"

namespace eschool::school {

class School;

/// The open streams of one school, and the thread that fills them. Every stream is one session's and is told only of
/// records that its account reads at that moment. Any thread.
///
/// Events: `record` {"registry","id","version","action"} with the history's number as its id; `rights`: ask anew who
/// you are; `plugins`: the menu may have changed; `reset`: more happened than is told, load anew what is shown.
/// A change of a base (a person) is told as one of its facets (a pupil) too, with the version that the facet has then.
class EventBoard {
 public:
  explicit EventBoard(School&);
  ~EventBoard();

  /// With the id of the last event that the client had, the first one is `reset` when anything has happened since.
  /// Null when the account has too many streams.
  std::shared_ptr<http::EventStream> open(const auth::SessionInfo&, std::string token, std::string_view last_event_id);

 private:
  struct Listener {
    std::shared_ptr<http::EventStream> stream;
    std::int64_t account = 0;
    std::string token;  ///< by which the session is asked for again: it may have ended
  };
  void tell(const Changes&);
  void tell_records(const std::vector<RecordChange>&, const std::vector<Listener>&);
  /// Ends the streams of sessions that are over; drops those whose client is gone. Answers the rest.
  std::vector<Listener> alive();

  School& school_;
  mutable std::mutex mutex_;
  std::vector<Listener> listeners_;
  std::unique_ptr<ChangeFeed> feed_;  ///< last: its thread uses the rest
};

}  // namespace eschool::school
