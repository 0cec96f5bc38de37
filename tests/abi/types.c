/* A library whose one function mentions every type of the header: what abidw writes down and abidiff compares. */
#include <eschool/abi.h>

typedef struct all_types {
  const es_host *host;
  es_plugin *plugin;
  const es_entry *entry;
  const es_call_api *call;
  const es_records *records;
  es_row_fn row;
  es_write_fn write;
  es_written *written;
  const es_query *query;
  const es_access *access;
  const es_plugin_routes *routes;
  const es_plugin_hooks *hooks;
  const es_plugin_jobs *jobs;
} all_types;

ES_EXPORT void abi_types(const all_types *all);
void abi_types(const all_types *all) { (void)all; }
