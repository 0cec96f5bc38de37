/* Plugins that promise something and then leave the pointer empty; NULL_IN says which. */
#include <eschool/abi.h>
#include <string.h>

#define NULL_IN_PLUGIN 1  /* create() answers ES_OK and makes nothing */
#define NULL_IN_HANDLER 2 /* a route without a function */
#define NULL_IN_TABLE 3   /* a table of two routes that points nowhere */

static const es_route no_handler = {"GET", "/nothing", NULL, ES_ROUTE_READ, 0, NULL};
static const es_plugin_routes routes = {sizeof(es_plugin_routes), NULL_IN == NULL_IN_TABLE ? 2 : 1, sizeof(es_route), 0,
                                        NULL_IN == NULL_IN_TABLE ? NULL : &no_handler};

static const void *get_extension(es_plugin *self, const char *id) {
  (void)self;
  return strcmp(id, ES_EXT_PLUGIN_ROUTES) == 0 ? &routes : NULL;
}
/* start, stop and destroy may be absent, and are. */
static es_plugin plugin = {sizeof(es_plugin), 0, NULL, NULL, NULL, get_extension};

static es_status create(const es_host *from, es_plugin **out, char *err, size_t cap) {
  (void)from;
  (void)err;
  (void)cap;
  if (NULL_IN != NULL_IN_PLUGIN) *out = &plugin;
  return ES_OK;
}

const es_entry es_plugin_entry = {ES_ABI_MAGIC, sizeof(es_entry), ES_ABI_MAJOR, ES_ABI_MINOR, 0, NULL_ID, "0.1.0", create};
