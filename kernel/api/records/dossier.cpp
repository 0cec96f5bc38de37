#include "kernel/api/records/dossier.hpp"

#include <fmt/format.h>

#include "kernel/api/accounts/security.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/registry/erasure.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/spine.hpp"
#include "schema/names.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr int listed = 500;

const schema::Registry& persons_of(const Context& context) { return context.school.registry(school::spine::person); }

registry::Erasure erasure(Context& context) { return {context.school.catalogue(), context.school.writer()}; }

std::string names(const std::vector<const schema::Registry*>& registries) {
  std::string text;
  for (const auto* registry : registries) text += (text.empty() ? "«" : ", «") + registry->label + "»";
  return text;
}

std::vector<const schema::Registry*> facets_of(Context& context, const schema::Registry& base) {
  std::vector<const schema::Registry*> facets;
  for (const auto* registry : context.school.registries())
    if (context.school.catalogue().base(*registry) == &base) facets.push_back(registry);
  return facets;
}

class Dossier {
 public:
  explicit Dossier(Context& context) : context_(context), persons_(persons_of(context)) {}

  json::object write(std::int64_t person) {
    record(persons_, person);
    json::array roles;
    for (const auto* facet : facets_of(context_, persons_))
      for (const auto id : ids(*facet, facet->facet_by, person)) {
        roles.push_back(json::value(facet->label_one));
        record(*facet, id);
      }
    json::object whole{{"person", person},
                       {"display", context_.school.query().display(*context_.database, persons_, person)},
                       {"made_at", context_.now},
                       {"by", context_.who.login},
                       {"roles", std::move(roles)},
                       {"mentions", std::move(mentions_)},
                       {"account", account(person)},
                       {"history", history()}};
    json::array sections;
    for (auto& [registry, records] : sections_) sections.push_back(section(*registry, std::move(records)));
    whole["sections"] = std::move(sections);
    return whole;
  }

 private:
  std::vector<std::int64_t> ids(const schema::Registry& of, std::string_view field, std::int64_t value) {
    std::vector<std::int64_t> found;
    auto rows = context_.database->prepare(
        fmt::format("SELECT id FROM \"{}\" WHERE \"{}\" = ? ORDER BY id LIMIT {}", of.table(), field, listed));
    rows.bind(1, value);
    while (rows.step()) found.push_back(rows.integer(0));
    return found;
  }

  /// The record as the caller reads it, then what lives with it and what names it.
  void record(const schema::Registry& registry, std::int64_t id) {
    if (!seen_.emplace(&registry, id).second) return;
    const auto& query = context_.school.query();
    if (!query.readable(*context_.database, context_.asker(), registry, id)) return;
    std::string text;
    query.get(*context_.database, context_.asker(), registry, id, text);
    auto object = json::parse(text).as_object();
    for (const auto& field : registry.fields)
      if (field.type == schema::FieldType::children) object.erase(field.name);
    if (const auto* base = context_.school.catalogue().base(registry))
      for (const auto& field : base->fields) object.erase(field.name);  // stands with the base's own record
    auto place =
        std::find_if(sections_.begin(), sections_.end(), [&](const auto& one) { return one.first == &registry; });
    if (place == sections_.end()) place = sections_.insert(sections_.end(), {&registry, {}});
    place->second.push_back(std::move(object));
    for (const auto& [other, field] : context_.school.catalogue().referrers(registry.id)) {
      if (!context_.school.enabled(other->plugin) || other->facet_by == field->name) continue;
      const bool lives_with = std::any_of(registry.fields.begin(), registry.fields.end(), [&](const auto& children) {
        return children.type == schema::FieldType::children && children.target == other->id &&
               children.via == field->name;
      });
      for (const auto row : ids(*other, field->name, id)) {
        if (lives_with || (field->required && field->once)) {
          record(*other, row);
        } else if (query.readable(*context_.database, context_.asker(), *other, row)) {
          mentions_.push_back(json::object{{"registry", other->id},
                                           {"label", other->label_one},
                                           {"id", row},
                                           {"field", field->label},
                                           {"display", query.display(*context_.database, *other, row)}});
        }
      }
    }
  }

  json::object section(const schema::Registry& registry, json::array records) {
    json::array fields;
    for (const auto* field : context_.school.query().readable_fields(context_.who, registry)) {
      if (registry.find(field->name) != field) continue;
      json::object object{{"name", field->name}, {"label", field->label}, {"type", schema::type_name(field->type)}};
      json::array values;
      for (const auto& value : field->values) values.push_back(json::object{{"id", value.id}, {"label", value.label}});
      if (!values.empty()) object["values"] = std::move(values);
      fields.push_back(std::move(object));
    }
    return {{"registry", registry.id},
            {"label", registry.label},
            {"fields", std::move(fields)},
            {"records", std::move(records)}};
  }

  json::value account(std::int64_t person) {
    auto& accounts = context_.school.accounts();
    const auto id = context_.database->integer("SELECT id FROM es_account WHERE person = ?", {person});
    const auto found = id ? accounts.find(*context_.database, id) : std::nullopt;
    if (!found) return nullptr;
    json::array roles;
    for (const auto& grant : accounts.grants(*context_.database, id)) {
      const auto* role = context_.school.roles().find(grant.role);
      roles.push_back(json::object{{"role", role ? role->label : grant.role},
                                   {"from", grant.valid_from},
                                   {"until", grant.valid_to},
                                   {"order", grant.order_no}});
    }
    return json::object{{"login", found->login},
                        {"created_at", found->created_at},
                        {"last_login_at", found->last_login_at},
                        {"roles", std::move(roles)}};
  }

  json::array history() {
    json::array entries;
    for (const auto& [registry, id] : seen_) {
      auto rows = context_.database->prepare(
          "SELECT h.at, a.login, h.action FROM es_history h LEFT JOIN es_account a ON a.id = h.account"
          " WHERE h.registry = ? AND h.record = ? ORDER BY h.seq");
      rows.bind(1, std::string_view(registry->id));
      rows.bind(2, id);
      while (rows.step())
        entries.push_back(json::object{{"at", rows.text(0)},
                                       {"by", rows.null(1) ? "система" : std::string(rows.text(1))},
                                       {"registry", registry->label_one},
                                       {"action", rows.text(2)}});
    }
    return entries;
  }

  Context& context_;
  const schema::Registry& persons_;
  std::set<std::pair<const schema::Registry*, std::int64_t>> seen_;
  std::vector<std::pair<const schema::Registry*, json::array>> sections_;
  json::array mentions_;
};

/// What the kernel itself keeps of the person: the way in, and the names in its logs.
void erase_account(Context& context, std::int64_t person, const std::string& name) {
  auto& session = *context.database;
  const auto id = session.integer("SELECT id FROM es_account WHERE person = ?", {person});
  if (id) {
    context.school.accounts().set_enabled(session, id, false);
    auth::SecondFactor().remove(session, id);
    const auto login = fmt::format("erased.{}", id);
    session.execute("UPDATE es_account SET login = ?, login_key = ?, password = NULL WHERE id = ?", {login, login, id});
    session.execute("UPDATE es_security_log SET login = ?, remote = '' WHERE account = ?", {login, id});
    session.execute("UPDATE es_role_grant SET valid_to = ? WHERE account = ? AND (valid_to IS NULL OR valid_to > ?)",
                    {context.today, id, context.today});
  }
  // Cards that were opened are noted by name.
  auto noted = session.prepare("SELECT id, detail FROM es_security_log WHERE deed = 'card_viewed'");
  std::vector<std::int64_t> about;
  while (noted.step())
    if (noted.text(1).ends_with(": " + name)) about.push_back(noted.integer(0));
  noted.reset();
  for (const auto entry : about) session.execute("UPDATE es_security_log SET detail = '' WHERE id = ?", {entry});
}

}  // namespace

http::Reply dossier(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  const auto id = context.id();
  const auto& persons = persons_of(context);
  if (!context.school.query().readable(*context.database, context.asker(), persons, id)) throw registry::not_found();
  note_deed_later(context, auth::Deed::exported,
                  fmt::format("все сведения: {}", context.school.query().display(*context.database, persons, id)));
  return reply_of(Dossier(context).write(id));
}

http::Reply list_expired(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  const auto& persons = persons_of(context);
  json::array items;
  for (const auto id : erasure(context).expired(*context.database, context.asker(), persons,
                                                context.application.config().retention, listed)) {
    if (!context.school.query().readable(*context.database, context.asker(), persons, id)) continue;
    json::array roles;
    for (const auto* facet : facets_of(context, persons))
      if (context.database->integer(
              fmt::format("SELECT COUNT(*) FROM \"{}\" WHERE \"{}\" = ?", facet->table(), facet->facet_by), {id}))
        roles.push_back(json::value(facet->label_one));
    items.push_back(json::object{{"person", id},
                                 {"display", context.school.query().display(*context.database, persons, id)},
                                 {"roles", std::move(roles)}});
  }
  return reply_of({{"items", std::move(items)}});
}

http::Reply erase_person(Context& context) {
  const auto& persons = persons_of(context);
  const auto id = context.id();
  auto& session = *context.database;
  if (!context.school.query().readable(session, context.asker(), persons, id)) throw registry::not_found();
  const auto act = text_member(context.body(), "act");
  if (act.empty()) throw registry::invalid({{"act", "required", "укажите акт об уничтожении: номер и дату"}});
  const auto eraser = erasure(context);
  if (const auto here = eraser.needed(session, context.asker(), persons, id, {}); !here.empty())
    throw registry::problem(409, "person_active", "Данные ещё нужны",
                            fmt::format("Человек состоит в реестрах: {}. Сначала оформите выбытие.", names(here)));
  if (const auto term = eraser.needed(session, context.asker(), persons, id, context.application.config().retention);
      !term.empty() && !flag_member(context.body(), "before_term"))
    throw registry::problem(409, "before_term", "Срок хранения не истёк",
                            fmt::format("По реестрам {} данные ещё хранятся. Раньше срока их уничтожают, только если "
                                        "человек отозвал согласие или внесён по ошибке: отметьте это.",
                                        names(term)));
  const auto name = context.school.query().display(session, persons, id);
  erase_account(context, id, name);
  const auto count = eraser.erase(session, context.asker(), persons, id);
  note_deed(context, auth::Deed::erased, 0, "", fmt::format("персона № {}, {}", id, act));
  context.committed = [&school = context.school] {
    school.sessions().forget_all();
    school.forget_principals();
  };
  return reply_of({{"erased", count}});
}

}  // namespace eschool::api
