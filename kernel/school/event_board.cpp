#include "kernel/school/event_board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>

#include "kernel/registry/row_policies.hpp"
#include "kernel/school/school.hpp"

namespace eschool::school {

namespace {

constexpr std::size_t streams_an_account = 8;  // pages that a person has open

/// A pupil's name is kept with the person: whoever shows a facet is told of its base as of the facet itself, which he
/// may read without the base. A facet's version is that of both.
std::vector<RecordChange> with_facets(const schema::Catalogue& catalogue, storage::Session& session,
                                      const std::vector<RecordChange>& changes) {
  std::vector<RecordChange> all;
  for (const auto& change : changes) {
    all.push_back(change);
    for (const auto& facet : catalogue.registries()) {
      const auto* base = catalogue.base(*facet);
      const bool itself = facet->id == change.registry;
      if (!base || (!itself && base->id != change.registry)) continue;
      auto row = session.prepare(fmt::format(
          R"(SELECT t.id, t.version + b.version - 1 FROM "{}" t JOIN "{}" b ON b.id = t."{}" WHERE {}.id = ?)",
          facet->table(), base->table(), facet->facet_by, itself ? "t" : "b"));
      row.bind(1, change.record);
      while (row.step())
        if (itself)
          all.back().version = row.integer(1);
        else
          all.push_back({change.seq, facet->id, row.integer(0), row.integer(1), "update"});
    }
  }
  return all;
}

}  // namespace

EventBoard::EventBoard(School& school)
    : school_(school), feed_(std::make_unique<ChangeFeed>(school.database(), [this](const Changes& changes) {
        try {
          tell(changes);
        } catch (const std::exception& error) {
          std::fprintf(stderr, "events of %s: %s\n", school_.id().c_str(), error.what());
        }
      })) {
  school_.database().on_commit([this] { feed_->wake(); });
}

EventBoard::~EventBoard() {
  school_.database().on_commit({});
  feed_.reset();
  for (const auto& listener : listeners_) listener.stream->end();
}

std::shared_ptr<http::EventStream> EventBoard::open(const auth::SessionInfo& session, std::string token,
                                                    std::string_view last_event_id) {
  alive();
  const std::lock_guard lock(mutex_);
  const auto own = std::count_if(listeners_.begin(), listeners_.end(),
                                 [&](const Listener& listener) { return listener.account == session.account; });
  if (static_cast<std::size_t>(own) >= streams_an_account) return nullptr;
  auto stream = std::make_shared<http::EventStream>();
  const auto seen = fmt::format("{}", feed_->seen());
  if (!last_event_id.empty() && last_event_id != seen)
    stream->send("reset", "{}", seen);
  else
    stream->mark(seen);  // whoever is cut off before the first event knows from where on it missed something
  listeners_.push_back({stream, session.account, std::move(token)});
  return stream;
}

std::vector<EventBoard::Listener> EventBoard::alive() {
  std::vector<Listener> all;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(listeners_, [](const Listener& listener) { return listener.stream->ended(); });
    all = listeners_;
  }
  const auto now = school_.clock().moment().seconds;
  std::erase_if(all, [&](const Listener& listener) {
    if (school_.sessions().alive(listener.token, now)) return false;
    listener.stream->end();
    return true;
  });
  return all;
}

void EventBoard::tell(const Changes& changes) {
  // First what this process keeps: whoever is told and asks must be answered by the new state.
  if (changes.sessions || changes.missed) {
    school_.sessions().flush(school_.clock().moment().seconds);
    school_.sessions().forget_all();
  }
  if (changes.rights || changes.missed) {
    school_.publish_roles();
    school_.forget_principals();
  }
  if (changes.plugins || changes.missed) school_.publish_enabled();

  const auto listeners = alive();
  if (listeners.empty()) return;
  const auto id = fmt::format("{}", changes.seen);
  for (const auto& listener : listeners) {
    if (changes.missed) listener.stream->send("reset", "{}", id);
    if (changes.rights) listener.stream->send("rights", "{}");
    if (changes.plugins) listener.stream->send("plugins", "{}");
  }
  if (!changes.records.empty()) tell_records(changes.records, listeners);
}

void EventBoard::tell_records(const std::vector<RecordChange>& changes, const std::vector<Listener>& listeners) {
  const auto moment = school_.clock().moment();
  const auto records = with_facets(school_.catalogue(), *school_.database().read(), changes);
  // Pages of one person ask once; so do people with the same rights who are the same person to every relation.
  std::map<std::int64_t, std::vector<const RecordChange*>> readable;
  for (const auto& listener : listeners) {
    auto [known, added] = readable.try_emplace(listener.account);
    if (added) {
      auto who = school_.principal(listener.account, moment.today);
      const auto session = registry::read_as(school_.database(), who, moment.today);
      const registry::Asker asker{who, moment.today, moment.now};
      for (const auto& change : records) {
        const auto* registry = school_.catalogue().find(change.registry);
        if (registry && school_.enabled(registry->plugin) &&
            school_.policy().may(who, *registry, access::Action::read) &&
            school_.query().readable(*session, asker, *registry, change.record))
          known->second.push_back(&change);
      }
    }
    for (const auto* change : known->second)
      listener.stream->send("record",
                            fmt::format(R"({{"registry":"{}","id":{},"version":{},"action":"{}"}})", change->registry,
                                        change->record, change->version, change->action),
                            fmt::format("{}", change->seq));
  }
}

}  // namespace eschool::school
