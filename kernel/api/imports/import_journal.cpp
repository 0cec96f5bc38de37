#include "kernel/api/imports/import_journal.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "kernel/api/application.hpp"
#include "kernel/api/upkeep/system.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr int page = 100;

/// Whether the caller may know of an import: of the own ones everybody, of others' who loads files of every kind.
bool may_see(const Context& context, const importing::JournalEntry& entry) {
  if (context.who.account && entry.account == context.who.account) return true;
  const auto* registry = context.school.catalogue().find(entry.registry);
  const auto& policy = context.school.policy();
  return registry && policy.may_import(context.who, nullptr) &&
         policy.may(context.who, *registry, access::Action::create);
}

bool may_undo(const Context& context, const importing::JournalEntry& entry) {
  const auto& policy = context.school.policy();
  const auto* registry = context.school.catalogue().find(entry.registry);
  return (context.who.account && entry.account == context.who.account && registry &&
          policy.may_import(context.who, registry)) ||
         policy.has_capability(context.who, "imports.undo");
}

std::string login_of(storage::Session& session, std::int64_t account) {
  if (!account) return "система";
  auto row = session.prepare("SELECT login FROM es_account WHERE id = ?");
  row.bind(1, account);
  return row.step() ? std::string(row.text(0)) : std::string();
}

json::array conflicts_of(const registry::ReversalResult& result, const school::School& school,
                         storage::Session& session, const registry::Asker& asker) {
  json::array conflicts;
  for (const auto& conflict : result.conflicts) {
    const auto* registry = school.catalogue().find(conflict.registry);
    const bool seen = registry && school.query().readable(session, asker, *registry, conflict.record);
    conflicts.push_back({{"registry", conflict.registry},
                         {"id", conflict.record},
                         {"display", seen ? conflict.display : "запись, которая вам не видна"},
                         {"reason", conflict.reason}});
  }
  return conflicts;
}

}  // namespace

http::Reply list_imports(Context& context) {
  auto& session = *context.database;
  json::array items;
  auto before = context.query.integer("before");
  for (const auto& entry : importing::journal(session, before, page)) {
    before = entry.id;
    if (!may_see(context, entry)) continue;
    json::object item{{"id", entry.id},
                      {"registry", entry.registry},
                      {"file_name", entry.file_name},
                      {"file_hash", entry.file_hash},
                      {"mode", entry.mode},
                      {"at", entry.at},
                      {"by", login_of(session, entry.account)},
                      {"rows", entry.rows},
                      {"created", entry.created},
                      {"updated", entry.updated},
                      {"unchanged", entry.unchanged},
                      {"rejected", entry.rejected},
                      {"archived", entry.archived},
                      {"may_undo", entry.undone_at.empty() && may_undo(context, entry)}};
    if (!entry.undone_at.empty()) {
      item["undone_at"] = entry.undone_at;
      item["undone_by"] = login_of(session, entry.undone_by);
    }
    items.push_back(std::move(item));
  }
  http::Reply reply;
  reply.body = json::serialize(json::object{{"items", std::move(items)}});
  return reply;
}

std::string run_undo(school::School& school, const access::Principal& who, std::int64_t import, bool accept_partly) {
  const auto moment = school.clock().moment();
  const registry::Asker asker{who, moment.today, moment.now};
  importing::Undone undone;
  json::array conflicts;
  school.database().write([&](storage::Session& session) {
    undone = importing::undo_import(session, asker, school.catalogue(), school.query(), school.writer(), import,
                                    accept_partly, !school.policy().has_capability(who, "imports.undo"));
    conflicts = conflicts_of(undone.result, school, session, asker);
  });
  school.forget_principals();  // people may have gone with what was taken back
  if (!undone.applied) {
    auto problem = registry::problem(
        409, "undo_conflicts", "Загрузку нельзя отменить целиком",
        fmt::format("Записей, которые с тех пор изменились: {}. Ничего не отменено.", undone.result.conflicts.size()));
    problem.problem.extra = "\"conflicts\":" + json::serialize(conflicts);
    throw problem;
  }
  return json::serialize(json::object{{"id", import},
                                      {"undone", true},
                                      {"restored", undone.result.restored},
                                      {"archived", undone.result.archived},
                                      {"revived", undone.result.revived},
                                      {"conflicts", std::move(conflicts)}});
}

void undo_import(std::shared_ptr<Context> context, http::Send send) {
  const auto id = context->id();
  {
    const auto session = context->school.database().read();
    const auto entry = importing::journal_entry(*session, id);
    if (!entry || !may_see(*context, *entry)) throw registry::not_found();
    if (!may_undo(*context, *entry)) throw registry::denied("Загрузку отменяет тот, кто её сделал, или администратор.");
  }
  const bool partly = context->query.text("accept") == "partly";
  start_job(*context, std::move(send), "import.undo",
            [context, id, partly](jobs::Control&) { return run_undo(context->school, context->who, id, partly); });
}

}  // namespace eschool::api
