#include "kernel/registry/reversal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <utility>

#include "kernel/registry/field_value.hpp"

namespace eschool::registry {

using schema::Registry;
using storage::Session;

namespace {

/// What the stretch did to one record, all entries together.
struct Touched {
  std::string registry;
  std::int64_t record = 0;
  bool created = false, archived = false, revived = false;
  boost::json::object before;  ///< earliest value of each field that was changed
};

/// By the order in which they were first touched.
std::vector<Touched> touched_between(Session& session, std::int64_t first, std::int64_t last) {
  std::vector<Touched> all;
  std::map<std::pair<std::string, std::int64_t>, std::size_t> known;
  auto row = session.prepare(
      "SELECT registry, record, action, before FROM es_history WHERE seq >= ? AND seq <= ? ORDER BY seq");
  row.bind(1, first);
  row.bind(2, last);
  while (row.step()) {
    const auto [at, added] = known.try_emplace({std::string(row.text(0)), row.integer(1)}, all.size());
    if (added) all.push_back({.registry = at->first.first, .record = at->first.second, .before = {}});
    auto& touched = all[at->second];
    const auto action = row.text(2);
    if (action == "create") {
      touched.created = true;
    } else if (action == "archive") {
      touched.archived = !std::exchange(touched.revived, false);
    } else if (action == "restore") {
      touched.revived = !std::exchange(touched.archived, false);
    } else if (!touched.created) {
      const auto before = row.text(3);
      if (before.empty()) continue;
      const auto values = boost::json::parse({before.data(), before.size()});
      for (const auto& [name, value] : values.as_object())
        if (!touched.before.contains(name)) touched.before[name] = value;
    }
  }
  return all;
}

std::string said_by(const http::ProblemError& thrown) {
  const auto& problem = thrown.problem;
  if (!problem.errors.empty()) return problem.errors.front().message;
  return problem.detail.empty() ? problem.title : problem.detail;
}

}  // namespace

/// Whether the record is one that the asker changes: itself, a facet of it, or the record whose child row it is, as a
/// movement is changed by who changes the pupil.
bool Reversal::may_change(Session& session, const Asker& asker, const Registry& table, std::int64_t id) const {
  const auto holds = [&](const Registry& registry, std::int64_t record) {
    for (const auto action : {access::Action::update, access::Action::archive})
      for (const auto& rule : query_.policy().rules(asker.who, registry, action))
        if (query_.holds(session, asker, rule, registry, record)) return true;
    return false;
  };
  if (holds(table, id)) return true;
  for (const auto& facet : catalogue_.registries()) {
    if (facet->facet_of != table.id) continue;
    const auto record =
        session.integer(fmt::format("SELECT id FROM \"{}\" WHERE \"{}\" = ?", facet->table(), facet->facet_by), {id});
    if (record && holds(*facet, record)) return true;
  }
  for (const auto& [parent, children] : catalogue_.parents(table.id)) {
    const auto record =
        session.integer(fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", children->via, table.table()), {id});
    if (record && holds(*parent, record)) return true;
  }
  return false;
}

ReversalResult Reversal::run(Session& session, const Asker& asker, std::int64_t first_seq, std::int64_t last_seq,
                             bool own) {
  ReversalResult result;
  auto all = touched_between(session, first_seq, last_seq);

  const auto conflict = [&](const Touched& touched, std::string reason) {
    const auto* registry = catalogue_.find(touched.registry);
    result.conflicts.push_back({touched.registry, touched.record,
                                registry ? query_.display(session, *registry, touched.record) : std::string(),
                                std::move(reason)});
  };
  std::erase_if(all, [&](const Touched& touched) {
    if (!catalogue_.find(touched.registry)) {
      conflict(touched, "реестр этой записи недоступен: его модуль не загружен");
      return true;
    }
    auto later = session.prepare("SELECT at FROM es_history WHERE registry = ? AND record = ? AND seq > ? LIMIT 1");
    later.bind(1, touched.registry);
    later.bind(2, touched.record);
    later.bind(3, last_seq);
    if (later.step()) {
      conflict(touched, fmt::format("запись меняли и после этого ({} UTC)", later.text(0)));
      return true;
    }
    if (!own || may_change(session, asker, catalogue_.at(touched.registry), touched.record)) return false;
    conflict(touched, "менять эту запись вам больше нельзя: загрузку отменит администратор");
    return true;
  });

  const auto put = [&](const Touched& touched, const Values& fields, std::optional<bool> archived) {
    storage::Savepoint savepoint(session);
    try {
      const bool changed =
          writer_.put_back(session, asker, catalogue_.at(touched.registry), touched.record, fields, archived);
      savepoint.release();
      return changed;
    } catch (const http::ProblemError& thrown) {
      conflict(touched, said_by(thrown));
      return false;
    }
  };

  // What was archived comes back first, since restored references may lead to it; what was made goes last and in the
  // opposite order, since what was made later refers to what was made before.
  for (const auto& touched : all)
    if (!touched.created && touched.archived && put(touched, {}, false)) ++result.revived;
  for (const auto& touched : all) {
    if (touched.created || (touched.before.empty() && !touched.revived)) continue;
    const auto& registry = catalogue_.at(touched.registry);
    Values fields;
    std::string unusable;
    for (const auto& [name, value] : touched.before) {
      const auto* field = registry.find({name.data(), name.size()});
      if (!field || !field->has_column()) continue;  // has gone from the schema since
      auto checked = from_json(*field, value);
      if (!checked.ok()) unusable = fmt::format("«{}»: {}", field->label, checked.message);
      fields[field->name] = std::move(checked.value);
    }
    if (!unusable.empty()) {
      conflict(touched, std::move(unusable));
      continue;
    }
    if (put(touched, fields, touched.revived ? std::optional(true) : std::nullopt)) ++result.restored;
  }
  for (auto touched = all.rbegin(); touched != all.rend(); ++touched)
    if (touched->created && !touched->archived && put(*touched, {}, true)) ++result.archived;
  return result;
}

}  // namespace eschool::registry
