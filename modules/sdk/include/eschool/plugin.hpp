/// A plugin in C++: derive from Plugin, declare tables of routes, hooks and jobs, and end with ESCHOOL_PLUGIN.
/// No type of the standard library, no exception and no allocation crosses to the server: everything here is inline and
/// becomes part of the plugin. The author's guide is modules/sdk/README.md.
#pragma once

#include <eschool/call.hpp>

#include <cstring>
#include <memory>

namespace eschool::plugin {

/// One object a process, shared by all threads: keep no state of a call in it.
class Plugin {
 public:
  virtual ~Plugin() = default;
  /// Throw std::runtime_error with a text for the administrator: the plugin is then listed as failed. [init]
  virtual void start() {}
  /// [init]
  virtual void stop() {}

  // The declared tables; a plugin hides those it needs: static constexpr auto routes() { return std::array{...}; }
  static constexpr auto routes() { return std::array<es_route, 0>{}; }
  static constexpr auto hooks() { return std::array<es_hook, 0>{}; }
  static constexpr auto jobs() { return std::array<es_job, 0>{}; }

  /// From start() on.
  const Host& host() const { return host_; }

 private:
  template <class>
  friend struct Binding;
  Host host_;
};

enum class Mode : std::uint32_t { read = ES_ROUTE_READ, write = ES_ROUTE_WRITE };
enum class Phase : std::uint32_t {
  derive = ES_HOOK_DERIVE,
  validate = ES_HOOK_VALIDATE,
  after = ES_HOOK_AFTER,
  archive = ES_HOOK_ARCHIVE  ///< of Change there is only before()
};

struct Route {
  const char* method;
  const char* path;                  ///< "/averages/{class}", below /api/v1/<plugin>
  const char* capability = nullptr;  ///< one of plugin.info; null: anybody who is logged in
  Mode mode = Mode::read;
};
struct Hook {
  const char* registry;  ///< "journal.mark"
  Phase phase;
};
struct Job {
  const char* id;
  const char* label;  ///< Russian
  const char* capability = nullptr;
};

class Request {
 public:
  explicit Request(const es_request& raw) : raw_(raw) {}
  std::string_view method() const { return to_view(raw_.method); }
  std::string_view path() const { return to_view(raw_.path); }
  std::string_view mime() const { return to_view(raw_.mime); }
  std::string_view body() const { return to_view(raw_.body); }
  /// What {name} in the route's path matched.
  std::string_view parameter(std::string_view name) const {
    return Fields(raw_.parameters, raw_.parameter_count)[name].text();
  }
  Fields query() const { return {raw_.query, raw_.query_count}; }

 private:
  const es_request& raw_;
};

class Reply {
 public:
  explicit Reply(const es_reply& raw) : raw_(raw) {}
  /// Once, before append().
  void head(std::uint16_t status, std::string_view mime) { detail::check(raw_.head(raw_.sink, status, to_abi(mime))); }
  void append(std::string_view bytes) { detail::check(raw_.append(raw_.sink, bytes.data(), bytes.size())); }
  void json(std::string_view text, std::uint16_t status = 200) {
    head(status, "application/json; charset=utf-8");
    append(text);
  }

 private:
  const es_reply& raw_;
};

/// A record on its way into the registry.
class Change {
 public:
  explicit Change(const es_change& raw) : raw_(raw) {}
  std::string_view registry() const { return to_view(raw_.registry); }
  std::int64_t id() const { return raw_.id; }
  bool creating() const { return raw_.before == nullptr; }
  Fields before() const { return {raw_.before, raw_.before_count}; }
  Fields after() const { return {raw_.after, raw_.after_count}; }
  bool changed(std::string_view name) const { return creating() || before()[name] != after()[name]; }

 private:
  const es_change& raw_;
};

class HookOut {
 public:
  explicit HookOut(const es_hook_out& raw) : raw_(raw) {}
  /// Phase derive only.
  void set(std::string_view name, Value value) { detail::check(raw_.set(raw_.sink, to_abi(name), &value.raw())); }
  /// `message`: Russian. `field` may be empty.
  void reject(std::string_view field, std::string_view code, std::string_view message) {
    detail::check(raw_.reject(raw_.sink, to_abi(field), to_abi(code), to_abi(message)));
  }
  void warn(std::string_view message) { detail::check(raw_.warn(raw_.sink, to_abi(message))); }

 private:
  const es_hook_out& raw_;
};

class JobControl {
 public:
  explicit JobControl(const es_job_control& raw) : raw_(raw) {}
  void progress(double fraction) { raw_.progress(raw_.sink, fraction); }
  bool cancelled() const { return raw_.cancelled(raw_.sink) != 0; }
  void result(std::string_view json) { detail::check(raw_.result(raw_.sink, to_abi(json))); }

 private:
  const es_job_control& raw_;
};

namespace detail {

/// What the server holds: the C struct first, so that a pointer to one is a pointer to the other.
struct Holder {
  es_plugin abi;
  Plugin* object;
};
static_assert(std::is_standard_layout_v<Holder>);

template <class Owner>
Owner& object(es_plugin* self) {
  return static_cast<Owner&>(*reinterpret_cast<Holder*>(self)->object);
}

template <class>
struct OwnerOf;
template <class Result, class Owner, class... Arguments>
struct OwnerOf<Result (Owner::*)(Arguments...)> {
  using type = Owner;
};
template <class Result, class Owner, class... Arguments>
struct OwnerOf<Result (Owner::*)(Arguments...) const> {
  using type = Owner;
};
template <auto Method>
using Owner = typename OwnerOf<decltype(Method)>::type;

template <auto Method>
es_status handle(es_plugin* self, es_call* raw_call, const es_request* raw_request,
                 const es_reply* raw_reply) noexcept {
  auto& owner = object<Owner<Method>>(self);
  return guarded(owner.host(), [&] {
    Call call(owner.host(), raw_call);
    const Request request(*raw_request);
    Reply reply(*raw_reply);
    (owner.*Method)(call, request, reply);
  });
}

template <auto Method>
es_status hook(es_plugin* self, es_call* raw_call, const es_change* raw_change, const es_hook_out* raw_out) noexcept {
  auto& owner = object<Owner<Method>>(self);
  return guarded(owner.host(), [&] {
    Call call(owner.host(), raw_call);
    const Change change(*raw_change);
    HookOut out(*raw_out);
    (owner.*Method)(call, change, out);
  });
}

template <auto Method>
es_status job(es_plugin* self, es_call* raw_call, const es_job_control* raw_control, es_str arguments) noexcept {
  auto& owner = object<Owner<Method>>(self);
  return guarded(owner.host(), [&] {
    Call call(owner.host(), raw_call);
    JobControl control(*raw_control);
    (owner.*Method)(call, control, to_view(arguments));
  });
}

}  // namespace detail

/// on<&Journal::averages>(Route{...}): void averages(Call&, const Request&, Reply&)
template <auto Method>
constexpr es_route on(Route route) {
  return {route.method,           route.path, route.capability, static_cast<std::uint32_t>(route.mode), 0,
          &detail::handle<Method>};
}
/// on<&Journal::check>(Hook{...}): void check(Call&, const Change&, HookOut&)
template <auto Method>
constexpr es_hook on(Hook hook) {
  return {hook.registry, static_cast<std::uint32_t>(hook.phase), 0, &detail::hook<Method>};
}
/// on<&Journal::recount>(Job{...}): void recount(Call&, JobControl&, std::string_view json)
template <auto Method>
constexpr es_job on(Job job) {
  return {job.id, job.label, job.capability, &detail::job<Method>};
}

/// The C functions of one plugin class.
template <class Class>
struct Binding {
  static es_status create(const es_host* host, es_plugin** out, char* error, std::size_t capacity) noexcept {
    try {
      Host tables;
      if (const char* missing = Host::connect(host, tables)) {
        tell(error, capacity, missing);
        return ES_UNSUPPORTED;
      }
      auto object = std::make_unique<Class>();
      Plugin& base = *object;
      base.host_ = tables;
      auto holder = std::make_unique<detail::Holder>();
      holder->abi = {sizeof(es_plugin), 0, &start, &stop, &destroy, &get_extension};
      holder->object = object.release();
      *out = &holder.release()->abi;
      return ES_OK;
    } catch (const std::exception& thrown) {
      tell(error, capacity, thrown.what());
    } catch (...) {
      tell(error, capacity, "an exception of an unknown type");
    }
    return ES_INTERNAL;
  }

 private:
  static Plugin& object(es_plugin* self) { return *reinterpret_cast<detail::Holder*>(self)->object; }

  static es_status start(es_plugin* self) noexcept {
    const Host& host = object(self).host();
    return detail::guarded(host, [&] {
      try {
        object(self).start();
      } catch (const std::exception& error) {  // said by the author to the administrator: without a prefix
        host.log(ES_LOG_ERROR, error.what());
        throw Failure{ES_INTERNAL};
      }
    });
  }
  static void stop(es_plugin* self) noexcept {
    detail::guarded(object(self).host(), [&] { object(self).stop(); });
  }
  static void destroy(es_plugin* self) noexcept {
    auto* holder = reinterpret_cast<detail::Holder*>(self);
    delete holder->object;
    delete holder;
  }

  template <class Table, class Entry, const auto& entries>
  static const void* table() {
    static constexpr Table declared{sizeof(Table), static_cast<std::uint32_t>(entries.size()), sizeof(Entry), 0,
                                    entries.data()};
    return entries.empty() ? nullptr : &declared;
  }
  static constexpr auto routes_ = Class::routes();
  static constexpr auto hooks_ = Class::hooks();
  static constexpr auto jobs_ = Class::jobs();

  static const void* get_extension(es_plugin*, const char* id) noexcept {
    if (std::strcmp(id, ES_EXT_PLUGIN_ROUTES) == 0) return table<es_plugin_routes, es_route, routes_>();
    if (std::strcmp(id, ES_EXT_PLUGIN_HOOKS) == 0) return table<es_plugin_hooks, es_hook, hooks_>();
    if (std::strcmp(id, ES_EXT_PLUGIN_JOBS) == 0) return table<es_plugin_jobs, es_job, jobs_>();
    return nullptr;
  }

  static void tell(char* error, std::size_t capacity, const char* text) noexcept {
    if (error != nullptr && capacity != 0) std::snprintf(error, capacity, "%s", text);
  }
};

}  // namespace eschool::plugin

/// At global scope, once. `id` and `version` equal those of plugin.info.
#define ESCHOOL_PLUGIN(Class, id, version)                      \
  constinit const es_entry es_plugin_entry = {ES_ABI_MAGIC,     \
                                              sizeof(es_entry), \
                                              ES_ABI_MAJOR,     \
                                              ES_ABI_MINOR,     \
                                              0,                \
                                              id,               \
                                              version,          \
                                              &eschool::plugin::Binding<Class>::create};
