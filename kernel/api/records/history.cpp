#include "kernel/api/records/history.hpp"

#include <fmt/format.h>

#include <map>

#include "kernel/http/json_text.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/spine.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

/// Display texts, each asked for once.
class Displays {
 public:
  explicit Displays(Context& context) : context_(context) {}

  const std::string& of(const schema::Registry& registry, std::int64_t id) {
    const auto [place, made] = known_.try_emplace({&registry, id});
    if (made) place->second = context_.school.query().display(*context_.database, registry, id);
    return place->second;
  }

 private:
  Context& context_;
  std::map<std::pair<const schema::Registry*, std::int64_t>, std::string> known_;
};

/// One side of an entry, as {"class":{"id":3,"display":"7А"},…}; "null" when there is none.
std::string side(Context& context, const schema::Registry* registry, std::string_view stored,
                 const json::object& visible, Displays& displays) {
  if (stored.empty()) return "null";
  std::string out = "{";
  const auto values = json::parse(json::string_view(stored.data(), stored.size()));
  for (const auto& [name, value] : values.as_object()) {
    if (!visible.contains(name)) continue;
    if (out.size() > 1) out += ',';
    eschool::json::append_key(out, {name.data(), name.size()});
    const auto* field =
        registry ? context.school.catalogue().locate(*registry, {name.data(), name.size()}).field : nullptr;
    const auto* target = field && field->type == schema::FieldType::reference && value.is_int64()
                             ? context.school.catalogue().find(field->target)
                             : nullptr;
    if (target) {
      out += fmt::format("{{\"id\":{},\"display\":", value.get_int64());
      eschool::json::append_string(out, displays.of(*target, value.get_int64()));
      out += '}';
    } else {
      out += json::serialize(value);
    }
  }
  return out + "}";
}

}  // namespace

http::Reply record_history(Context& context) {
  const auto& registry = context.registry();
  context.require("history");
  const storage::ReadTransaction transaction(*context.database);
  auto& session = *context.database;
  const auto id = context.id();
  if (!context.school.query().readable(session, context.asker(), registry, id)) throw registry::not_found();

  // Only what the caller reads of this very record now may show in its past.
  std::string now;
  context.school.query().get(session, context.asker(), registry, id, now);
  const auto whole = json::parse(now);
  const auto& visible = whole.as_object();
  const auto& catalogue = context.school.catalogue();
  const auto* base = catalogue.base(registry);
  const auto base_id =
      base ? session.integer(fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", registry.facet_by, registry.table()),
                             {id})
           : 0;
  const auto* persons = catalogue.find(school::spine::person);
  Displays displays(context);

  http::Reply reply;
  reply.body = "{\"items\":[";
  auto rows = session.prepare(
      "SELECT h.seq, h.at, h.registry, h.version, h.action, h.before, h.after, a.login, a.person FROM es_history h"
      " LEFT JOIN es_account a ON a.id = h.account"
      " WHERE (h.registry = ? AND h.record = ?) OR (h.registry = ? AND h.record = ?) ORDER BY h.seq DESC LIMIT 500");
  rows.bind(1, std::string_view(registry.id));
  rows.bind(2, id);
  rows.bind(3, std::string_view(base ? base->id : registry.id));
  rows.bind(4, base ? base_id : id);
  while (rows.step()) {
    if (reply.body.back() != '[') reply.body += ',';
    reply.body += fmt::format("{{\"seq\":{},\"at\":\"{}\",\"registry\":\"{}\",\"version\":{},\"action\":\"{}\",\"by\":",
                              rows.integer(0), rows.text(1), rows.text(2), rows.integer(3), rows.text(4));
    eschool::json::append_string(reply.body, rows.null(7) ? std::string_view("система") : rows.text(7));
    reply.body += ",\"by_name\":";
    eschool::json::append_string(
        reply.body, persons && !rows.null(8) ? displays.of(*persons, rows.integer(8)) : std::string_view());
    const auto* kept_in = catalogue.find(rows.text(2));
    for (const auto& [name, column] : {std::pair{"before", 5}, {"after", 6}})
      reply.body += fmt::format(",\"{}\":{}", name, side(context, kept_in, rows.text(column), visible, displays));
    reply.body += '}';
  }
  reply.body += "]}";
  return reply;
}

}  // namespace eschool::api
