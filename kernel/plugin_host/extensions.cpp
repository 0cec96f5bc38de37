// The tables that plugins call. Each entry checks its place (thread, savepoint) and delegates; no exception leaves it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iterator>

#include "kernel/plugin_host/call.hpp"
#include "kernel/plugin_host/faults.hpp"
#include "kernel/plugin_host/trail.hpp"

namespace eschool::plugin_host {
namespace {

template <class Function>
es_status guarded(es_call* call, Function function) noexcept {
  if (!call || call->thread != std::this_thread::get_id()) {
    std::fputs("plugin call: made outside of its callback's thread, refused\n", stderr);
    if (call && call->faults) call->faults->note(FaultKind::wrong_thread, {});
    return ES_DENIED;
  }
  try {
    const es_status status = function();
    if (status == ES_INTERNAL && !call->plugin_said) call->host_fault = true;
    return status;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "plugin call: {}\n", failure.what());
  } catch (...) {
    fmt::print(stderr, "plugin call: an exception of unknown type\n");
  }
  call->host_fault = true;
  return ES_INTERNAL;
}

/// A plugin that writes where it may only read.
es_status write_outside(es_call& call) {
  if (call.faults) call.faults->note(FaultKind::write_outside, {});
  return ES_DENIED;
}

/// A plugin that reads on and on gives up with its deadline, between two rows.
CallServices::Row row_of(es_call& call, es_row_fn row, void* user) {
  return [&call, row, user](const es_field* fields, std::size_t count) -> es_status {
    if (std::chrono::steady_clock::now() > call.deadline) return ES_BUSY;
    const auto status = row(user, fields, count);
    call.plugin_said |= status != ES_OK;
    return status;
  };
}

void* call_alloc(es_call* call, std::size_t bytes) noexcept {
  if (!call || call->thread != std::this_thread::get_id() || bytes > es_call::arena_limit - call->arena_bytes)
    return nullptr;
  try {
    call->arena.push_back(std::make_unique<std::byte[]>(bytes));
    call->arena_bytes += bytes;
    return call->arena.back().get();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

es_status call_fail(es_call* call, es_status status, const char* code, es_str field, es_str message) noexcept {
  const auto noted = guarded(call, [&] {
    call->failures.push_back({status, code ? code : "", std::string(view(field)), std::string(view(message))});
    return ES_OK;
  });
  return noted == ES_OK ? status : noted;
}

es_str call_school(const es_call* call) noexcept { return span(call->school); }
std::int64_t call_person(const es_call* call) noexcept { return call->person; }
std::int64_t call_account(const es_call* call) noexcept { return call->account; }
es_str call_today(const es_call* call) noexcept { return span(call->today); }
es_str call_now(const es_call* call) noexcept { return span(call->now); }
std::int64_t call_left(const es_call* call) noexcept {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(call->deadline - std::chrono::steady_clock::now());
  return std::max<std::int64_t>(left.count(), 0);
}

es_status records_find(es_call* call, es_str registry, es_str filter, const es_value* args, std::size_t count,
                       es_row_fn row, void* user) noexcept {
  return guarded(call, [&]() -> es_status {
    if (!row || (count != 0 && !args)) return ES_INVALID;
    return call->services.find(view(registry), view(filter), args, count, row_of(*call, row, user));
  });
}
es_status records_get(es_call* call, es_str registry, std::int64_t id, es_row_fn row, void* user) noexcept {
  return guarded(call, [&]() -> es_status {
    return row ? call->services.get(view(registry), id, row_of(*call, row, user)) : es_status{ES_INVALID};
  });
}
es_status records_put(es_call* call, es_str registry, std::int64_t id, std::int64_t version, const es_field* fields,
                      std::size_t count, es_written* out) noexcept {
  return guarded(call, [&]() -> es_status {
    if (!call->writable) return write_outside(*call);
    if (count != 0 && !fields) return ES_INVALID;
    return call->services.put(view(registry), id, version, fields, count, out);
  });
}
es_status records_archive(es_call* call, es_str registry, std::int64_t id, std::int64_t version) noexcept {
  return guarded(call, [&] {
    return call->writable ? call->services.archive(view(registry), id, version) : write_outside(*call);
  });
}
es_status records_write(es_call* call, es_write_fn body, void* user) noexcept {
  return guarded(call, [&]() -> es_status {
    if (!body) return ES_INVALID;
    if (call->writable)
      return call->services.write([&] {
        const auto status = body(user, call);
        call->plugin_said |= status != ES_OK;
        return status;
      });
    if (!call->job) return write_outside(*call);  // no worker waits for a commit
    // On the writer's thread the plugin is called anew: its place is noted there too.
    const auto* outer = Trail::Step::current();
    return call->services.write_from_job([&](es_call& inside) {
      inside.faults = call->faults;
      const auto status = [&] {
        if (!outer) return body(user, &inside);
        const Trail::Step step(outer->trail(), outer->plugin(), Place::hook, true);
        return body(user, &inside);
      }();
      call->plugin_said |= status != ES_OK;
      // What failed there is what the job is told.
      std::move(inside.failures.begin(), inside.failures.end(), std::back_inserter(call->failures));
      return status;
    });
  });
}
es_status query_run(es_call* call, const char* sql, const es_value* args, std::size_t count, es_row_fn row,
                    void* user) noexcept {
  return guarded(call, [&]() -> es_status {
    if (!sql || !row || (count != 0 && !args)) return ES_INVALID;
    return call->services.query(sql, args, count, row_of(*call, row, user));
  });
}
es_status access_holds(es_call* call, es_str relation, es_str registry, std::int64_t id, std::uint32_t* yes) noexcept {
  return guarded(call, [&] {
    if (!yes) return es_status{ES_INVALID};
    bool held = false;
    const auto status = call->services.holds(view(relation), view(registry), id, held);
    *yes = held;
    return status;
  });
}
es_status access_may(es_call* call, es_str action, es_str registry, std::uint32_t* yes) noexcept {
  return guarded(call, [&] {
    if (!yes) return es_status{ES_INVALID};
    bool allowed = false;
    const auto status = call->services.may(view(action), view(registry), allowed);
    *yes = allowed;
    return status;
  });
}

}  // namespace

extern const es_call_api call_api;
extern const es_records records_api;
extern const es_query query_api;
extern const es_access access_api;
const es_call_api call_api{sizeof(es_call_api), 0,          call_alloc, call_fail, call_school, call_person,
                           call_account,        call_today, call_now,   call_left};
const es_records records_api{sizeof(es_records), 0, records_find, records_get, records_put, records_archive,
                             records_write};
const es_query query_api{sizeof(es_query), 0, query_run};
const es_access access_api{sizeof(es_access), 0, access_holds, access_may};

}  // namespace eschool::plugin_host
