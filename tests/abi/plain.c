/* A plugin in plain C: what any other language could produce as well. It declares routes, hooks and a job and calls every
 * function that the host gives. */
#include <eschool/abi.h>
#include <stdio.h>
#include <string.h>

#ifndef PLAIN_ID
#define PLAIN_ID "plain"
#endif

static const es_host *host;
static const es_call_api *call_api;
static const es_records *records;
static const es_query *query;
static const es_access *access_api;
static es_plugin plugin;

static es_str text(const char *from) { return (es_str){from, strlen(from)}; }
static es_field text_field(const char *name, const char *value) {
  es_field field = {text(name), {ES_TEXT, 0, {0}}};
  field.value.as.s = text(value);
  return field;
}
static es_field number_field(const char *name, int64_t value) {
  es_field field = {text(name), {ES_INT, 0, {0}}};
  field.value.as.i = value;
  return field;
}

/* ---------------------------------------------------------------------------------------------------- routes */

static es_status today(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) {
  es_str day = call_api->today(call);
  char *copy = call_api->alloc(call, day.len);
  (void)self;
  (void)request;
  if (copy == NULL) return ES_INTERNAL;
  memcpy(copy, day.ptr, day.len);
  reply->head(reply->sink, 200, text("text/plain"));
  return reply->append(reply->sink, copy, day.len);
}

static es_status who(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) {
  char line[160];
  es_str school = call_api->school(call), now = call_api->now(call);
  int length = snprintf(line, sizeof line, "%.*s %.*s %lld %lld %.*s %s", (int)school.len, school.ptr, (int)now.len,
                        now.ptr, (long long)call_api->person(call), (long long)call_api->account(call),
                        (int)request->parameters[0].value.as.s.len, request->parameters[0].value.as.s.ptr,
                        call_api->milliseconds_left(call) > 0 ? "in time" : "late");
  (void)self;
  if (length < 0 || (size_t)length >= sizeof line) return ES_INTERNAL;
  reply->head(reply->sink, 200, text("text/plain"));
  return reply->append(reply->sink, line, (size_t)length);
}

/* Counts rows; one is enough. */
static es_status count_row(void *user, const es_field *fields, size_t n) {
  int *rows = user;
  (void)fields;
  (void)n;
  ++*rows;
  return ES_STOP;
}

static es_status list(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) {
  static const char sql[] = "SELECT name FROM good_mark WHERE value > ?";
  const es_field five = number_field("value", 5);
  char line[64];
  int found = 0, got = 0, asked = 0, length;
  uint32_t holds = 0, may = 0;
  es_status status = records->find(call, text("good.mark"), text("value = ?"), &five.value, 1, count_row, &found);
  (void)self;
  (void)request;
  if (status == ES_OK) status = records->get(call, text("good.mark"), 7, count_row, &got);
  if (status == ES_OK) status = query->run(call, sql, &five.value, 1, count_row, &asked);
  if (status == ES_OK) status = access_api->holds(call, text("teaches"), text("good.mark"), 7, &holds);
  if (status == ES_OK) status = access_api->may(call, text("archive"), text("good.mark"), &may);
  if (status != ES_OK) return status;
  length = snprintf(line, sizeof line, "{\"found\":%d,\"got\":%d,\"asked\":%d,\"holds\":%u,\"may\":%u}", found, got, asked,
                    (unsigned)holds, (unsigned)may);
  return length < 0 ? ES_INTERNAL : reply->append(reply->sink, line, (size_t)length);
}

static es_status refuse(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) {
  (void)self;
  (void)request;
  (void)reply;
  return call_api->fail(call, ES_CONFLICT, "taken", text("room"), text("кабинет занят"));
}

/* Inside a savepoint of its own: made, changed, archived. */
static es_status write_body(void *user, es_call *call) {
  es_written *written = user;
  es_field fields[2];
  es_status status;
  fields[0] = text_field("name", "plain");
  fields[1] = number_field("value", 4);
  status = records->put(call, text("good.mark"), 0, 0, fields, 2, written);
  if (status == ES_OK) status = records->put(call, text("good.mark"), written->id, written->version, &fields[1], 1, written);
  return status == ES_OK ? records->archive(call, text("good.mark"), written->id, written->version) : status;
}

static es_status write(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) {
  es_written written = {sizeof written, 0, 0, 0};
  char line[32];
  int length;
  es_status status = records->write(call, write_body, &written);
  (void)self;
  (void)request;
  if (status != ES_OK) return status;
  length = snprintf(line, sizeof line, "{\"id\":%lld}", (long long)written.id);
  return length < 0 ? ES_INTERNAL : reply->append(reply->sink, line, (size_t)length);
}

/* Element of a later header: the host must go by the stride. */
typedef struct grown_route {
  es_route known;
  uint64_t later;
} grown_route;
static const grown_route routes[] = {
    {{"GET", "/today", PLAIN_ID ".read", ES_ROUTE_READ, 0, today}, 1},
    {{"GET", "/again", NULL, ES_ROUTE_READ, 0, today}, 2},
    {{"GET", "/who/{name}", NULL, ES_ROUTE_READ, 0, who}, 3},
    {{"GET", "/list", NULL, ES_ROUTE_READ, 0, list}, 4},
    {{"GET", "/refuse", NULL, ES_ROUTE_READ, 0, refuse}, 5},
    {{"POST", "/write", NULL, ES_ROUTE_WRITE, 0, write}, 6},
};
static const es_plugin_routes route_table = {sizeof(es_plugin_routes), sizeof routes / sizeof routes[0],
                                             sizeof(grown_route), 0, &routes[0].known};

/* ----------------------------------------------------------------------------------------------------- hooks */

static es_status derive(es_plugin *self, es_call *call, const es_change *change, const es_hook_out *out) {
  es_field derived = number_field("length", (int64_t)change->after[0].value.as.s.len);
  (void)self;
  (void)call;
  return out->set(out->sink, derived.name, &derived.value);
}
static es_status validate(es_plugin *self, es_call *call, const es_change *change, const es_hook_out *out) {
  (void)self;
  (void)call;
  if (change->before == NULL) out->warn(out->sink, text("новая"));
  if (change->after[0].value.as.s.len == 0)
    return out->reject(out->sink, change->after[0].name, text("empty"), text("имя не может быть пустым"));
  return ES_OK;
}
static es_status after(es_plugin *self, es_call *call, const es_change *change, const es_hook_out *out) {
  es_field last = number_field("last", change->id);
  (void)self;
  (void)out;
  return records->put(call, text("plain.total"), 1, 0, &last, 1, NULL);
}
static const es_hook hooks[] = {
    {"plain.item", ES_HOOK_DERIVE, 0, derive},
    {"plain.item", ES_HOOK_VALIDATE, 0, validate},
    {"plain.item", ES_HOOK_AFTER, 0, after},
};
static const es_plugin_hooks hook_table = {sizeof(es_plugin_hooks), sizeof hooks / sizeof hooks[0], sizeof hooks[0], 0,
                                           hooks};

/* ------------------------------------------------------------------------------------------------------ jobs */

static es_status recount(es_plugin *self, es_call *call, const es_job_control *control, es_str args) {
  es_written written = {sizeof written, 0, 0, 0};
  es_status status;
  (void)self;
  (void)args;
  control->progress(control->sink, 0.25);
  if (control->cancelled(control->sink)) return ES_BUSY;
  status = records->write(call, write_body, &written);
  return status == ES_OK ? control->result(control->sink, text("{\"recounted\":1}")) : status;
}
static const es_job jobs[] = {{"recount", "Пересчёт", PLAIN_ID ".read", recount}};
static const es_plugin_jobs job_table = {sizeof(es_plugin_jobs), sizeof jobs / sizeof jobs[0], sizeof jobs[0], 0, jobs};

/* -------------------------------------------------------------------------------------------------- the plugin */

static es_status start(es_plugin *self) {
  (void)self;
  call_api = host->get_extension(host, ES_EXT_CALL);
  records = host->get_extension(host, ES_EXT_RECORDS);
  query = host->get_extension(host, ES_EXT_QUERY);
  access_api = host->get_extension(host, ES_EXT_ACCESS);
  if (!ES_HAS(es_call_api, call_api, milliseconds_left) || !ES_HAS(es_records, records, write) ||
      !ES_HAS(es_query, query, run) || !ES_HAS(es_access, access_api, may))
    return ES_UNSUPPORTED;
  host->log(host, ES_LOG_INFO, text("started in C"));
  return host->get_extension(host, "es.nothing/1") == NULL ? ES_OK : ES_INTERNAL;
}
static const void *get_extension(es_plugin *self, const char *id) {
  (void)self;
  if (strcmp(id, ES_EXT_PLUGIN_ROUTES) == 0) return &route_table;
  if (strcmp(id, ES_EXT_PLUGIN_HOOKS) == 0) return &hook_table;
  if (strcmp(id, ES_EXT_PLUGIN_JOBS) == 0) return &job_table;
  return NULL;
}
static es_status create(const es_host *from, es_plugin **out, char *err, size_t cap) {
  if (from->size < sizeof(es_host)) {
    snprintf(err, cap, "the host is older than this plugin");
    return ES_UNSUPPORTED;
  }
  host = from;
  plugin.size = sizeof plugin;
  plugin.start = start;
  plugin.get_extension = get_extension;
  *out = &plugin;
  return ES_OK;
}

const es_entry es_plugin_entry = {ES_ABI_MAGIC, sizeof(es_entry), ES_ABI_MAJOR, ES_ABI_MINOR, 0, PLAIN_ID, "0.1.0", create};
