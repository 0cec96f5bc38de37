/// What plugins may do during a call, over the registry engine and with the caller's rights.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernel/plugin_host/call.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/registry/record_writer.hpp"

namespace eschool::school {

/// A stored value as the ABI sees it. Text is borrowed from `value`.
es_value to_abi(const schema::Field*, const storage::Value& value);
storage::Value from_abi(const es_value&);

class PluginServices : public plugin_host::CallServices {
 public:
  /// `writer` is null on a reading route. Everything referred to outlives the call.
  PluginServices(const access::Policy&, const registry::RecordQuery&, registry::RecordWriter* writer, storage::Session&,
                 const registry::Asker&);

  es_status find(std::string_view registry, std::string_view filter, const es_value* args, std::size_t count,
                 const Row&) override;
  es_status get(std::string_view registry, std::int64_t id, const Row&) override;
  es_status put(std::string_view registry, std::int64_t id, std::int64_t version, const es_field* fields,
                std::size_t count, es_written*) override;
  es_status archive(std::string_view registry, std::int64_t id, std::int64_t version) override;
  es_status write(const std::function<es_status()>& body) override;
  es_status query(const char* sql, const es_value* args, std::size_t count, const Row&) override;
  es_status holds(std::string_view relation, std::string_view registry, std::int64_t id, bool& yes) override;
  es_status may(std::string_view action, std::string_view registry, bool& yes) override;

  /// The problem behind the last status that was not ES_OK: told to the caller when the plugin passes the status on.
  const std::optional<http::Problem>& problem() const { return problem_; }
  /// What the person is told when the plugin ended the call with `status`, which is not ES_OK: what it said itself,
  /// what the kernel refused it, or the plain meaning of the status.
  http::ProblemError problem_of(es_status, const es_call&) const;

 protected:
  /// The status of `action`; a problem that it throws is kept for problem_of().
  es_status attempt(const std::function<es_status()>&);

 private:
  const access::Policy& policy_;
  const registry::RecordQuery& query_;
  registry::RecordWriter* writer_;
  storage::Session& session_;
  const registry::Asker& asker_;
  std::optional<http::Problem> problem_;
};

/// Fills the caller's part of an es_call.
void describe_caller(es_call&, const registry::Asker&, const std::string& school);

}  // namespace eschool::school
