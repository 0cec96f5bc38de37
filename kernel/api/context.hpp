/// What a handler works with: one request of one caller in one school.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/access/principal.hpp"
#include "kernel/api/json_body.hpp"
#include "kernel/http/message.hpp"
#include "kernel/http/query.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/school/school.hpp"

namespace eschool::api {

class Application;

struct Context {
  Context(Application& app, school::School& its_school, const http::Request& its_request, const http::Query& its_query)
      : application(app), school(its_school), request(its_request), query(its_query) {}

  Application& application;
  school::School& school;
  const http::Request& request;
  const http::Query& query;
  std::vector<std::pair<std::string, std::string>> parameters;  ///< of the route's pattern
  access::Principal who;
  bool secret_reply = false;  ///< holds passwords or codes: not kept for Idempotency-Key
  bool guarded = false;       ///< reads under the row policies: see Endpoint::guarded
  bool by_path = false;       ///< the address named the school: /s/<id>/…
  std::string today, now;
  std::int64_t seconds = 0;                  ///< since the epoch
  std::optional<auth::SessionInfo> session;  ///< absent on open routes
  storage::Session* database = nullptr;      ///< a read session inside reading routes, the writer's inside writing ones
  const plugin_host::PluginHost::Route* plugin_route = nullptr;  ///< of a plugin's own route
  const plugin_host::PluginHost::Job* plugin_job = nullptr;      ///< of the route that starts a plugin's job
  bool standing_changed = false;    ///< the write may have changed who is active: principals are read anew after it
  std::function<void()> committed;  ///< set by a writing handler: runs after the commit, before the reply

  registry::Asker asker() const { return {who, today, now}; }
  /// The session's cookie: several schools that share a host name have one each.
  std::string cookie_name() const;
  std::string school_name() const;  ///< where there is a database: not in detached routes
  std::string_view parameter(std::string_view name) const;
  std::int64_t id() const;  ///< parameter {id}; throws not_found() when it is not a number
  /// A number of the query; 0 when it is absent. Throws 400 for what is no number.
  std::int64_t number(std::string_view name) const;
  /// The registry that {registry} names, if its plugin is enabled here. Throws 404.
  const schema::Registry& registry() const;
  /// The body as a JSON object. Throws 400.
  const boost::json::object& body();
  /// Version of If-Match, written "3"; nullopt when the header is absent. Throws 400.
  std::optional<std::int64_t> if_match() const;
  void require(std::string_view capability) const;  ///< throws 403

 private:
  std::optional<boost::json::value> parsed_;
};

/// The parameters of a list: filter, q, sort, fields, and with `paged` also after, limit, count. What is none of them
/// goes to `other`, which answers whether it knows it. Throws 400 with the name of what nobody knows.
registry::ListRequest list_request(
    const http::Query&, bool paged,
    const std::function<bool(std::string_view name, std::string_view value)>& other = {});

/// Runs whole on a worker (reading) or inside its savepoint on the writer (writing); throws http::ProblemError.
using Handler = http::Reply (*)(Context&);
/// For what waits: hashing, imports. Must see to it that `send` is called once.
using DetachedHandler = void (*)(std::shared_ptr<Context>, http::Send);
/// For what is asked of the installation, or of the school that `/s/<school>/` names (empty: of all). Open to
/// everybody.
using InstallationHandler = void (*)(Application&, std::string_view school, http::Send);

}  // namespace eschool::api
