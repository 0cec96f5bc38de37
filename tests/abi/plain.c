/* A plugin in plain C: what any other language could produce as well. */
#include <eschool/abi.h>
#include <string.h>

static const es_host *host;
static const es_call_api *call_api;
static es_plugin plugin;

static es_status today(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) {
  static const char mime[] = "text/plain";
  es_str day = call_api->today(call);
  char *copy = call_api->alloc(call, day.len);
  (void)self;
  (void)request;
  if (copy == NULL) return ES_INTERNAL;
  memcpy(copy, day.ptr, day.len);
  reply->head(reply->sink, 200, (es_str){mime, sizeof mime - 1});
  return reply->append(reply->sink, copy, day.len);
}

/* Element of a later header: the host must go by the stride. */
typedef struct grown_route {
  es_route known;
  uint64_t later;
} grown_route;
static const grown_route routes[] = {
    {{"GET", "/today", "plain.read", ES_ROUTE_READ, 0, today}, 1},
    {{"GET", "/again", NULL, ES_ROUTE_READ, 0, today}, 2},
};
static const es_plugin_routes route_table = {sizeof(es_plugin_routes), 2, sizeof(grown_route), 0, &routes[0].known};

static es_status start(es_plugin *self) {
  (void)self;
  call_api = host->get_extension(host, ES_EXT_CALL);
  if (!ES_HAS(es_call_api, call_api, today)) return ES_UNSUPPORTED;
  return host->get_extension(host, "es.nothing/1") == NULL ? ES_OK : ES_INTERNAL;
}
static const void *get_extension(es_plugin *self, const char *id) {
  (void)self;
  return strcmp(id, ES_EXT_PLUGIN_ROUTES) == 0 ? &route_table : NULL;
}
static es_status create(const es_host *from, es_plugin **out, char *err, size_t cap) {
  (void)err;
  (void)cap;
  host = from;
  plugin.size = sizeof plugin;
  plugin.start = start;
  plugin.get_extension = get_extension;
  *out = &plugin;
  return ES_OK;
}

const es_entry es_plugin_entry = {ES_ABI_MAGIC, sizeof(es_entry), ES_ABI_MAJOR, ES_ABI_MINOR, 0, "plain", "0.1.0", create};
