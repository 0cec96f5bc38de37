#include "kernel/school/school.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/auth/second_factor.hpp"
#include "kernel/auth/tables.hpp"
#include "kernel/jobs/job_table.hpp"
#include "kernel/registry/files.hpp"
#include "kernel/registry/import/journal.hpp"
#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/import/told_headers.hpp"
#include "kernel/registry/merge.hpp"
#include "kernel/registry/migration.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/registry/row_policies.hpp"
#include "kernel/school/event_board.hpp"
#include "kernel/school/origin.hpp"
#include "kernel/school/shipped_values.hpp"
#include "kernel/school/standing.hpp"
#include "kernel/storage/change_counter.hpp"

namespace eschool::school {

School::School(std::string id, const std::filesystem::path& folder, const storage::Location& place,
               const schema::Catalogue& catalogue, const access::Roles& roles, plugin_host::PluginHost& plugins,
               const std::string& time_zone)
    : id_(std::move(id)),
      folder_(folder),
      catalogue_(catalogue),
      roles_(access::Roles::combined({&roles})),
      plugins_(plugins),
      place_(place),
      database_(storage::Database::open(place)),
      clock_(time_zone),
      policy_(catalogue, roles_),
      query_(catalogue, policy_),
      hooks_(plugins, policy_, query_, id_, [this] { return enabled_plugins(); }),
      writer_(catalogue, policy_, query_, history_, &hooks_),
      sessions_(*database_),
      health_(*database_),
      deeds_(*database_) {
  hooks_.set_writer(writer_);
  database_->write([&](storage::Session& session) {
    registry::create_tables(session);
    registry::create_file_table(session);
    note_origin(session, id_);
    auth::create_tables(session);
    audit::create_tables(session);
    jobs::create_tables(session);
    importing::create_tables(session);
    importing::create_journal_tables(session);
    importing::create_header_tables(session);
    create_shipped_table(session);
    registry::create_merge_table(session);
    const bool fresh = session.integer("SELECT COUNT(*) FROM es_schema") == 0;
    const auto plan = registry::migrate(session, catalogue_, false);
    for (const auto& change : fresh ? std::vector<schema::Change>{} : plan.automatic)
      fmt::print(stderr, "school {}: {}\n", id_, change.description);
    for (const auto& change : plan.lossy)
      fmt::print(stderr, "school {}: ждёт «eschool migrate run --lossy»: {}\n", id_, change.description);
    blocked_ = plan.blocked();
    read_roles(session);
    row_guard_ = registry::guard_rows(session, policy_, place);
  });
  using storage::RowGuard;
  database_->guard_readers(row_guard_.guard == RowGuard::loose || row_guard_.guard == RowGuard::strict);
  if (row_guard_.guard == RowGuard::off || row_guard_.guard == RowGuard::loose)
    fmt::print(stderr, "school {}: row policies are {}: {} (etc/README.md)\n", id_,
               row_guard_.guard == RowGuard::off ? "not in force" : "in force, but loose", row_guard_.reason);
  read_enabled();
  try {
    if (lacks_values(*database_->read(), catalogue_, [this](const auto& registry) { return may_fill(registry); }))
      database_->write([this](storage::Session& session) { give_values(session); });
  } catch (const storage::Error& failure) {
    fmt::print(stderr, "school {}: поставляемые значения справочников не записаны: {}\n", id_, failure.what());
  }
  if (place.engine() != storage::Engine::sqlite) events();
}

School::~School() {
  // What is queued uses the members, which go before the database.
  try {
    database_->write([](storage::Session&) {});
  } catch (const std::exception& failure) {
    fmt::print(stderr, "school {}: {}\n", id_, failure.what());
  }
}

EventBoard& School::events() {
  const std::lock_guard lock(events_mutex_);
  if (!events_) events_ = std::make_unique<EventBoard>(*this);
  return *events_;
}

const schema::Registry& School::registry(std::string_view id) const {
  const auto* registry = catalogue_.find(id);
  if (!registry || !enabled(registry->plugin))
    throw registry::problem(404, "unknown_registry", "Такого реестра нет", "Его нет, или его модуль в школе выключен.");
  if (std::find(blocked_.begin(), blocked_.end(), registry->id) != blocked_.end())
    throw registry::problem(503, "migration_needed", "Реестр ждёт обновления таблиц",
                            "Администратор должен выполнить «eschool migrate run --lossy».");
  return *registry;
}

std::vector<const schema::Registry*> School::registries() const {
  const auto enabled = enabled_plugins();
  std::vector<const schema::Registry*> registries;
  for (const auto& registry : catalogue_.registries())
    if (enabled->contains(registry->plugin)) registries.push_back(registry.get());
  return registries;
}

std::shared_ptr<const School::PluginSet> School::enabled_plugins() const {
  const std::shared_lock lock(mutex_);
  return enabled_;
}

void School::store_enabled(storage::Session& session, std::string_view plugin, bool enabled, const std::string& now) {
  const auto current = enabled_plugins();
  const auto obstacle = enabled ? plugin_host::cannot_enable(plugins_, plugin, *current)
                                : plugin_host::cannot_disable(plugins_, plugin, *current);
  if (!plugins_.find(plugin)) throw registry::problem(404, "unknown_plugin", "Такого модуля нет", {});
  if (!obstacle.empty())
    throw registry::problem(409, enabled ? "cannot_enable" : "cannot_disable",
                            enabled ? "Модуль не включён" : "Модуль не выключен", obstacle + ".");
  session.execute(
      "INSERT INTO es_plugin_state (plugin, enabled, changed_at) VALUES (?, ?, ?) ON CONFLICT (plugin) DO UPDATE"
      " SET enabled = excluded.enabled, changed_at = excluded.changed_at",
      {std::string(plugin), std::int64_t{enabled}, now});
  storage::count_change(session, "plugins");
}

void School::publish_enabled() {
  read_enabled();
  queue_values();
}

void School::read_enabled() {
  auto set = std::make_shared<PluginSet>();
  std::map<std::string, bool> stored;
  {
    auto session = database_->read();
    auto rows = session->prepare("SELECT plugin, enabled FROM es_plugin_state");
    while (rows.step()) stored[std::string(rows.text(0))] = rows.integer(1) != 0;
  }
  // A new plugin is on until somebody switches it off: an installation is made of what the school ordered.
  for (const auto& plugin : plugins_.plugins()) {
    const auto known = stored.find(plugin.id);
    if (plugin.state == plugin_host::State::running && (plugin.required || known == stored.end() || known->second))
      set->insert(plugin.id);
  }
  const std::unique_lock lock(mutex_);
  enabled_ = std::move(set);
}

bool School::may_fill(const schema::Registry& registry) const {
  return enabled(registry.plugin) && std::find(blocked_.begin(), blocked_.end(), registry.id) == blocked_.end();
}

void School::queue_values() {
  const auto tell = [id = id_](const char* why) {
    fmt::print(stderr, "school {}: поставляемые значения справочников не записаны: {}\n", id, why);
  };
  try {
    if (!lacks_values(*database_->read(), catalogue_, [this](const auto& registry) { return may_fill(registry); }))
      return;
    database_->submit([this](storage::Session& session) { give_values(session); },
                      [tell](std::exception_ptr failure) {
                        if (failure) tell("запись не удалась, она повторится при следующем запуске");
                      });
  } catch (const storage::Error& failure) {
    tell(failure.what());
  }
}

void School::give_values(storage::Session& session) {
  const auto who = system();
  const auto moment = clock_.moment();
  const registry::Asker asker{who, moment.today, moment.now};
  const auto given = school::give_values(session, asker, catalogue_, writer_,
                                         [this](const auto& registry) { return may_fill(registry); });
  for (const auto& problem : given.problems) fmt::print(stderr, "school {}: {}\n", id_, problem);
}

access::Principal School::principal(std::int64_t account, const std::string& today) {
  {
    const std::shared_lock lock(mutex_);
    const auto known = principals_.find(account);
    if (known != principals_.end() && known->second.first == today) return known->second.second;
  }
  const auto generation = generation_.load();
  access::Principal who;
  {
    auto session = database_->read();
    who = principal(*session, account, today);
  }
  const std::unique_lock lock(mutex_);
  // Rights that were changed while they were read here are not kept.
  if (generation == generation_.load()) principals_[account] = {today, who};
  return who;
}

access::Principal School::principal(storage::Session& session, std::int64_t account, const std::string& today) {
  access::Principal who;
  if (const auto found = accounts_.find(session, account)) {
    who.account = account;
    who.person = found->person;
    who.login = found->login;
    who.second_factor = auth::SecondFactor().state(session, account).confirmed;
    bool lost = false;
    for (auto& grant : accounts_.grants(session, account, today)) {
      const auto* role = roles_.find(grant.role);
      const auto* facet = role ? catalogue_.find(role->held_as) : nullptr;
      if (facet && has_ended(session, *facet, who.person, today))
        lost = true;
      else
        who.grants.push_back({grant.role, grant.scope});
    }
    who.ended = lost && who.grants.empty();
  }
  return who;
}

void School::forget_principals() {
  const std::unique_lock lock(mutex_);
  ++generation_;
  principals_.clear();
}

bool School::read_roles(storage::Session& session) {
  std::vector<std::pair<std::string, std::string>> stored;
  {
    auto rows = session.prepare("SELECT id, definition FROM es_own_role ORDER BY id");
    while (rows.step()) stored.emplace_back(rows.text(0), rows.text(1));
  }
  const std::lock_guard lock(own_roles_mutex_);
  if (stored == own_roles_) return false;
  std::vector<access::Role> own;
  for (const auto& [id, definition] : stored) {
    std::vector<schema::LoadError> errors;
    const auto read = access::Roles::parse("{\"roles\":[" + definition + "]}", id, catalogue_, errors);
    for (const auto* role : read.all()) own.push_back(*role);
    // Of a relation or a field that a new version no longer has: the role gives nothing until somebody looks at it.
    for (const auto& error : errors)
      fmt::print(stderr, "school {}: своя роль {}: {}: {}\n", id_, id, error.key, error.message);
  }
  roles_.set_own(std::move(own));
  query_.forget_plans();
  own_roles_ = std::move(stored);
  return true;
}

void School::publish_roles() {
  if (!read_roles(*database_->read())) return;
  if (row_guard_.guard == storage::RowGuard::loose || row_guard_.guard == storage::RowGuard::strict)
    database_->submit([this](storage::Session& session) { registry::guard_rows(session, policy_, place_); },
                      [id = id_](std::exception_ptr failure) {
                        if (failure) fmt::print(stderr, "school {}: row policies were not made anew\n", id);
                      });
}

access::Principal School::system() {
  access::Principal who;
  who.system = true;
  who.login = "system";
  who.remote = "local";
  return who;
}

}  // namespace eschool::school
