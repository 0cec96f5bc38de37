#include "kernel/plugin_host/call.hpp"

#include <cstring>

namespace eschool::plugin_host {

// One table an extension, in extensions.cpp.
extern const es_call_api call_api;
extern const es_records records_api;
extern const es_query query_api;
extern const es_access access_api;

const void* host_extension(const char* id) {
  if (!std::strcmp(id, ES_EXT_CALL)) return &call_api;
  if (!std::strcmp(id, ES_EXT_RECORDS)) return &records_api;
  if (!std::strcmp(id, ES_EXT_QUERY)) return &query_api;
  if (!std::strcmp(id, ES_EXT_ACCESS)) return &access_api;
  return nullptr;
}

}  // namespace eschool::plugin_host
