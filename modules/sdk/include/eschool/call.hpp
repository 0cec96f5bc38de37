/// What a plugin can ask of the server while it serves one call. Errors of the server arrive as Failure, which a
/// handler lets pass: the server knows the reason already. All functions: [call], on the thread that received the Call.
#pragma once

#include <eschool/value.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace eschool::plugin {

/// Ends the call with a status. Thrown by every function below when the server refuses; not an std::exception, so that
/// `catch (const std::exception&)` around a computation does not swallow it.
struct Failure {
  es_status status;
};

/// The server's tables, pulled once when the plugin is made.
struct Host {
  const es_host* host = nullptr;
  const es_call_api* call = nullptr;
  const es_records* records = nullptr;
  const es_query* query = nullptr;
  const es_access* access = nullptr;

  /// Null, or the id of an extension that the server lacks.
  static const char* connect(const es_host* from, Host& to) noexcept {
    to.host = from;
    to.call = static_cast<const es_call_api*>(from->get_extension(from, ES_EXT_CALL));
    to.records = static_cast<const es_records*>(from->get_extension(from, ES_EXT_RECORDS));
    to.query = static_cast<const es_query*>(from->get_extension(from, ES_EXT_QUERY));
    to.access = static_cast<const es_access*>(from->get_extension(from, ES_EXT_ACCESS));
    if (!ES_HAS(es_call_api, to.call, milliseconds_left)) return ES_EXT_CALL;
    if (!ES_HAS(es_records, to.records, write)) return ES_EXT_RECORDS;
    if (!ES_HAS(es_query, to.query, run)) return ES_EXT_QUERY;
    if (!ES_HAS(es_access, to.access, may)) return ES_EXT_ACCESS;
    return nullptr;
  }
  /// For the administrator's log. [any]
  void log(std::int32_t level, std::string_view message) const noexcept { host->log(host, level, to_abi(message)); }
};

namespace detail {

/// Nothing that a plugin throws may pass through the server: it is kept here and thrown again on the other side.
template <class Body>
struct RowReader {
  Body& body;
  std::exception_ptr thrown;

  static es_status row(void* user, const es_field* fields, std::size_t count) noexcept {
    auto& self = *static_cast<RowReader*>(user);
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Body&, Fields>>) {
        self.body(Fields(fields, count));
        return ES_OK;
      } else {
        return self.body(Fields(fields, count)) ? ES_OK : ES_STOP;
      }
    } catch (...) {
      self.thrown = std::current_exception();
      return ES_INTERNAL;
    }
  }
};

inline void check(es_status status) {
  if (status != ES_OK) throw Failure{status};
}
inline void check(es_status status, const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
  check(status);
}

inline void report(const Host& host, const char* what) noexcept {
  char text[512];
  const int length = std::snprintf(text, sizeof text, "exception: %s", what);
  if (length < 0) return;
  const auto size = static_cast<std::size_t>(length);
  host.log(ES_LOG_ERROR, {text, size < sizeof text ? size : sizeof text - 1});
}

/// Runs the author's code and turns whatever it throws into a status.
template <class Work>
es_status guarded(const Host& host, Work&& work) noexcept {
  try {
    work();
    return ES_OK;
  } catch (const Failure& failure) {
    return failure.status == ES_OK ? ES_INTERNAL : failure.status;
  } catch (const std::exception& error) {
    report(host, error.what());
  } catch (...) {
    report(host, "of an unknown type");
  }
  return ES_INTERNAL;
}

}  // namespace detail

struct Written {
  std::int64_t id;
  std::int64_t version;
};

class Call;

/// Records with the rights of the caller. A row function takes Fields and returns void, or bool: false is "enough".
class Records {
 public:
  Records(const Host& host, es_call* call) : host_(host), call_(call) {}

  /// find("people.student", "class = ?", [&](Fields row) {...}, class_id)
  template <class Row, class... Arguments>
  void find(std::string_view registry, std::string_view filter, Row&& row, const Arguments&... arguments) const {
    const std::array<es_value, sizeof...(Arguments)> values{Value(arguments).raw()...};
    detail::RowReader<Row> reader{row, {}};
    const es_status status = host_.records->find(call_, to_abi(registry), to_abi(filter), values.data(), values.size(),
                                                 &detail::RowReader<Row>::row, &reader);
    detail::check(status, reader.thrown);
  }
  /// False when there is no such record for this caller.
  template <class Row>
  bool get(std::string_view registry, std::int64_t id, Row&& row) const {
    detail::RowReader<Row> reader{row, {}};
    const es_status status = host_.records->get(call_, to_abi(registry), id, &detail::RowReader<Row>::row, &reader);
    if (!reader.thrown && status == ES_NOT_FOUND) return false;
    detail::check(status, reader.thrown);
    return true;
  }
  /// [write]
  Written create(std::string_view registry, std::initializer_list<es_field> fields) const {
    return put(registry, 0, fields, 0);
  }
  /// `version`: what was seen, or 0. [write]
  Written update(std::string_view registry, std::int64_t id, std::initializer_list<es_field> fields,
                 std::int64_t version = 0) const {
    return put(registry, id, fields, version);
  }
  /// [write]
  void archive(std::string_view registry, std::int64_t id, std::int64_t version = 0) const {
    detail::check(host_.records->archive(call_, to_abi(registry), id, version));
  }
  /// Runs `body(Call&)` inside a savepoint of the writer, on its thread; whatever it throws undoes the writes and comes
  /// out here.
  template <class Body>
  void write(Body&& body) const;

 private:
  Written put(std::string_view registry, std::int64_t id, std::initializer_list<es_field> fields,
              std::int64_t version) const {
    es_written written{sizeof(es_written), 0, 0, 0};
    detail::check(host_.records->put(call_, to_abi(registry), id, version, fields.begin(), fields.size(), &written));
    return {written.id, written.version};
  }
  const Host& host_;
  es_call* call_;
};

/// Read-only SQL. The rights of the caller are not applied.
class Query {
 public:
  Query(const Host& host, es_call* call) : host_(host), call_(call) {}

  /// `sql` is a string literal: the server keeps the prepared statement by its address.
  template <std::size_t Size, class Row, class... Arguments>
  void run(const char (&sql)[Size], Row&& row, const Arguments&... arguments) const {
    const std::array<es_value, sizeof...(Arguments)> values{Value(arguments).raw()...};
    detail::RowReader<Row> reader{row, {}};
    const es_status status =
        host_.query->run(call_, sql, values.data(), values.size(), &detail::RowReader<Row>::row, &reader);
    detail::check(status, reader.thrown);
  }

 private:
  const Host& host_;
  es_call* call_;
};

class Access {
 public:
  Access(const Host& host, es_call* call) : host_(host), call_(call) {}

  bool holds(std::string_view relation, std::string_view registry, std::int64_t id) const {
    std::uint32_t yes = 0;
    detail::check(host_.access->holds(call_, to_abi(relation), to_abi(registry), id, &yes));
    return yes != 0;
  }
  /// `action`: "read", "create", "update", "archive".
  bool may(std::string_view action, std::string_view registry) const {
    std::uint32_t yes = 0;
    detail::check(host_.access->may(call_, to_abi(action), to_abi(registry), &yes));
    return yes != 0;
  }

 private:
  const Host& host_;
  es_call* call_;
};

/// One call of one caller in one school. Lives no longer than the function that received it.
class Call {
 public:
  Call(const Host& host, es_call* call) : host_(host), call_(call) {}

  std::string_view school() const { return to_view(host_.call->school(call_)); }
  std::int64_t person() const { return host_.call->person(call_); }
  std::int64_t account() const { return host_.call->account(call_); }
  std::string_view today() const { return to_view(host_.call->today(call_)); }
  std::string_view now() const { return to_view(host_.call->now(call_)); }
  std::int64_t milliseconds_left() const { return host_.call->milliseconds_left(call_); }

  Records records() const { return {host_, call_}; }
  Query query() const { return {host_, call_}; }
  Access access() const { return {host_, call_}; }

  /// Notes a reason, to name several fields before fail(). `message` is Russian, for the person.
  void blame(std::string_view field, const char* code, std::string_view message) const {
    host_.call->fail(call_, ES_INVALID, code, to_abi(field), to_abi(message));
  }
  /// Ends the call.
  [[noreturn]] void fail(es_status status, const char* code, std::string_view message,
                         std::string_view field = {}) const {
    throw Failure{host_.call->fail(call_, status, code, to_abi(field), to_abi(message))};
  }

  es_call* raw() const { return call_; }

 private:
  const Host& host_;
  es_call* call_;
};

template <class Body>
void Records::write(Body&& body) const {
  struct Writer {
    const Host& host;
    Body& body;
    std::exception_ptr thrown;
    static es_status run(void* user, es_call* inside) noexcept {
      auto& self = *static_cast<Writer*>(user);
      try {
        Call call(self.host, inside);
        self.body(call);
        return ES_OK;
      } catch (const Failure& failure) {
        return failure.status == ES_OK ? ES_INTERNAL : failure.status;
      } catch (...) {
        self.thrown = std::current_exception();
        return ES_INTERNAL;
      }
    }
  } writer{host_, body, {}};
  const es_status status = host_.records->write(call_, &Writer::run, &writer);
  detail::check(status, writer.thrown);
}

}  // namespace eschool::plugin
