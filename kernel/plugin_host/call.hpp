/// The host's side of one call into a plugin: who asks, what he may use, what went wrong.
#pragma once

#include <eschool/abi.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace eschool::plugin_host {

/// A fault that the plugin reported through es_call_api.fail.
struct Failure {
  es_status status = ES_OK;
  std::string code, field, message;
};

/// What the kernel does for a plugin during a call, with the caller's rights. One object a call; used on its thread
/// only.
class CallServices {
 public:
  using Row = std::function<es_status(const es_field*, std::size_t)>;
  virtual ~CallServices() = default;
  virtual es_status find(std::string_view registry, std::string_view filter, const es_value* args, std::size_t count,
                         const Row&) = 0;
  virtual es_status get(std::string_view registry, std::int64_t id, const Row&) = 0;
  virtual es_status put(std::string_view registry, std::int64_t id, std::int64_t version, const es_field* fields,
                        std::size_t count, es_written*) = 0;
  virtual es_status archive(std::string_view registry, std::int64_t id, std::int64_t version) = 0;
  /// Runs the body inside a savepoint and keeps what it wrote when it answers ES_OK.
  virtual es_status write(const std::function<es_status()>& body) = 0;
  /// The same for a job, whose thread is not the writer's: runs the body on the writer's thread, with an es_call made
  /// there, and waits for the commit.
  virtual es_status write_from_job(const std::function<es_status(es_call&)>&) { return ES_UNSUPPORTED; }
  virtual es_status query(const char* sql, const es_value* args, std::size_t count, const Row&) = 0;
  virtual es_status holds(std::string_view relation, std::string_view registry, std::int64_t id, bool& yes) = 0;
  virtual es_status may(std::string_view action, std::string_view registry, bool& yes) = 0;
};

class Faults;

}  // namespace eschool::plugin_host

/// The opaque es_call of the ABI.
struct es_call {
  es_call(eschool::plugin_host::CallServices& call_services, bool may_write)
      : services(call_services), writable(may_write) {}
  es_call(const es_call&) = delete;

  eschool::plugin_host::CallServices& services;
  bool writable;                                   ///< inside a savepoint of the writer
  bool job = false;                                ///< a job's own call: it may wait for the writer
  eschool::plugin_host::Faults* faults = nullptr;  ///< of the plugin that is called
  bool plugin_said = false;  ///< a row or body function of the plugin answered an error: what follows is its own
  bool host_fault = false;   ///< the server failed the plugin, which is not to blame for ES_INTERNAL then
  std::string school, today, now;
  std::int64_t account = 0, person = 0;
  /// A route or a hook is given the host's limit instead.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::thread::id thread = std::this_thread::get_id();
  std::vector<eschool::plugin_host::Failure> failures;
  std::vector<std::unique_ptr<std::byte[]>> arena;
  std::size_t arena_bytes = 0;

  static constexpr std::size_t arena_limit = 16 * 1024 * 1024;
};

namespace eschool::plugin_host {

inline std::string_view view(es_str text) {
  return text.len ? std::string_view(text.ptr, text.len) : std::string_view();
}
inline es_str span(std::string_view text) { return {text.data(), text.size()}; }

/// A host extension by id, or null.
const void* host_extension(const char* id);

}  // namespace eschool::plugin_host
