/* The contract between the server and its plugins: C11 and C++20, nothing else included.
 *
 * Strings   UTF-8 spans, not NUL-terminated, borrowed: valid until the function that received them returns. A span of
 *           length 0 may have a null ptr. `const char *` members are NUL-terminated and live as long as the library.
 * Memory    nothing is freed by the other side. Results go to a host sink or to es_call_api.alloc (an arena that dies
 *           with the call). Static tables live as long as the library: for ever, since a plugin is never unloaded.
 * Errors    every callback returns es_status; es_call_api.fail adds a code, a field and a text for the person.
 *           Nothing throws, longjmps or exits across a pointer of this header.
 * Threads   [init]  one thread, before the first request and after the last
 *           [any]   any thread, concurrently
 *           [call]  only inside the callback that received this es_call, on its thread
 *           [write] only inside a savepoint of the writer: a route of mode write, a hook, the body of es_records.write
 * Growth    append a member and raise ES_ABI_MINOR, or publish a new "name/N" id. Never reorder, never reuse, never
 *           change a meaning. Whoever reads a struct that begins with `size` looks at a later member through ES_HAS;
 *           arrays of structs carry count and stride, so that their elements may grow too. es_str, es_value and
 *           es_field have no size: they are frozen. */
#ifndef ESCHOOL_ABI_H
#define ESCHOOL_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ES_NOEXCEPT noexcept
#define ES_STATIC_ASSERT(condition) static_assert(condition, #condition)
extern "C" {
#else
#define ES_NOEXCEPT
#define ES_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#endif
#define ES_EXPORT __attribute__((visibility("default")))

#define ES_ABI_MAGIC 0x31425345u /* "ESB1" in memory */
#define ES_ABI_MAJOR 1           /* not equal to the host's: refused */
#define ES_ABI_MINOR 1           /* plugin above host: refused; below: it sees a prefix of the tables */

/* True when the table `t` of type T is there, is long enough to hold member m, and m is not null. */
#define ES_HAS(T, t, m) ((t) != NULL && offsetof(T, m) + sizeof((t)->m) <= (t)->size && (t)->m != NULL)

/* ------------------------------------------------------------------------------------------------ values */

typedef int32_t es_status;
enum {
  ES_OK = 0,
  ES_NOT_FOUND = -1,   /* no such record, or the caller may not see it: the same on purpose */
  ES_DENIED = -2,      /* the caller has no right; or the function is not for this thread or place */
  ES_INVALID = -3,     /* the data or the arguments are wrong */
  ES_CONFLICT = -4,    /* the record was changed by somebody else meanwhile */
  ES_BUSY = -5,        /* too much work at the moment, or the call's time is over: try later */
  ES_UNSUPPORTED = -6, /* this host or this plugin does not do it */
  ES_INTERNAL = -7,    /* a fault of the program */
  ES_STOP = 1          /* from an es_row_fn only: enough rows; the function then returns ES_OK */
};

typedef struct es_str {
  const char *ptr;
  size_t len; /* bytes */
} es_str;

enum {
  ES_NULL = 0,
  ES_INT = 1,  /* as.i; a bool is 0 or 1 */
  ES_REAL = 2, /* as.r */
  ES_TEXT = 3, /* as.s */
  ES_BLOB = 4, /* as.s, any bytes */
  ES_DATE = 5, /* as.s: "2026-09-01" */
  ES_ID = 6    /* as.i: id of a record */
};
typedef struct es_value {
  uint32_t type;  /* ES_NULL ... ES_ID; a reader treats an unknown one as an error */
  uint32_t flags; /* 0 */
  union {
    int64_t i;
    double r;
    es_str s;
  } as;
} es_value;
typedef struct es_field {
  es_str name;
  es_value value;
} es_field;

/* Who asks, for which school, the arena, the deadline. Known to the host only. */
typedef struct es_call es_call;

/* Receives a row of `count` fields, borrowed until it returns. ES_OK: go on. ES_STOP: enough. An error: the function
 * that reads the rows stops and returns it. [call] */
typedef es_status (*es_row_fn)(void *user, const es_field *fields, size_t count) ES_NOEXCEPT;

/* --------------------------------------------------------------------------------------------- the frozen core */

enum { ES_LOG_DEBUG = 0, ES_LOG_INFO = 1, ES_LOG_WARNING = 2, ES_LOG_ERROR = 3 };

/* Given by the host to create(); valid until destroy() returns. */
typedef struct es_host {
  uint32_t size;
  uint32_t abi_minor; /* of the host */
  /* A constant table, or null when this host has no such extension. [any] */
  const void *(*get_extension)(const struct es_host *host, const char *id) ES_NOEXCEPT;
  /* For the administrator's log; personal data do not belong there. [any] */
  void (*log)(const struct es_host *host, int32_t level, es_str message) ES_NOEXCEPT;
} es_host;

/* Given by the plugin. No two [init] functions of all plugins run at once. */
typedef struct es_plugin {
  uint32_t size;
  uint32_t reserved;
  /* Once, after the plugins that this one requires. An error: the plugin is listed as failed, destroy() follows, and
   * stop() does not. May be null. [init] */
  es_status (*start)(struct es_plugin *self) ES_NOEXCEPT;
  /* Once, before the plugins that this one requires; no call is under way. Join your threads here. May be null. [init] */
  void (*stop)(struct es_plugin *self) ES_NOEXCEPT;
  /* The last function called. May be null. [init] */
  void (*destroy)(struct es_plugin *self) ES_NOEXCEPT;
  /* A constant table, or null. The host asks once for each id it knows, after start(). [any] */
  const void *(*get_extension)(struct es_plugin *self, const char *id) ES_NOEXCEPT;
} es_plugin;

/* The one exported symbol: a constant named es_plugin_entry. The host reads it before it calls anything. */
typedef struct es_entry {
  uint32_t magic; /* ES_ABI_MAGIC */
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  uint32_t reserved;
  const char *id;      /* must equal plugin.info */
  const char *version; /* must equal plugin.info */
  /* Makes the plugin, without doing any work yet. On an error *out is left alone and a text for the administrator may
   * be put into err: NUL-terminated, at most cap bytes with the NUL. [init] */
  es_status (*create)(const es_host *host, es_plugin **out, char *err, size_t cap) ES_NOEXCEPT;
} es_entry;
#define ES_ENTRY_SYMBOL "es_plugin_entry"

/* -------------------------------------------------------------------------------------------- host extensions */

#define ES_EXT_CALL "es.call/1"
typedef struct es_call_api {
  uint32_t size;
  uint32_t reserved;
  /* Memory aligned for any type, from the call's arena; null when its limit is reached. [call] */
  void *(*alloc)(es_call *call, size_t bytes) ES_NOEXCEPT;
  /* Says why the call fails: `code` for programs ("bad_term"), `field` of the request or record that is at fault (may
   * be empty), `message` in Russian for the person who asked. May be called several times, one a field. Returns
   * `status`, so that a handler ends with `return api->fail(...)`. [call] */
  es_status (*fail)(es_call *call, es_status status, const char *code, es_str field, es_str message) ES_NOEXCEPT;
  es_str (*school)(const es_call *call) ES_NOEXCEPT;  /* the school's short name, as in /s/<school>/; lives as the call */
  int64_t (*person)(const es_call *call) ES_NOEXCEPT;  /* people.person of the caller; 0: the account has none. [call] */
  int64_t (*account)(const es_call *call) ES_NOEXCEPT; /* [call] */
  es_str (*today)(const es_call *call) ES_NOEXCEPT;    /* the school's day, "2026-09-01"; lives as the call. [call] */
  es_str (*now)(const es_call *call) ES_NOEXCEPT;      /* UTC, "2026-09-01T05:30:00Z"; lives as the call. [call] */
  /* What is left until the host gives the call up; 0 when that moment is past. [call] */
  int64_t (*milliseconds_left)(const es_call *call) ES_NOEXCEPT;
} es_call_api;

/* Records, with the rights of the caller applied: what may not be seen is not found, fields that may not be read are
 * absent from the rows, what may not be written is ES_DENIED. `registry` is "plugin.registry". */
#define ES_EXT_RECORDS "es.records/1"
typedef es_status (*es_write_fn)(void *user, es_call *call) ES_NOEXCEPT;
typedef struct es_written {
  uint32_t size; /* set by the plugin */
  uint32_t reserved;
  int64_t id;
  int64_t version;
} es_written;
typedef struct es_records {
  uint32_t size;
  uint32_t reserved;
  /* The records that fulfil `filter` (the filter language of the HTTP API, with `?` for each of the n args), in the
   * registry's own order. An empty filter: all. [call] */
  es_status (*find)(es_call *call, es_str registry, es_str filter, const es_value *args, size_t n, es_row_fn row,
                    void *user) ES_NOEXCEPT;
  /* One record, with its "id" and "version"; ES_NOT_FOUND. [call] */
  es_status (*get)(es_call *call, es_str registry, int64_t id, es_row_fn row, void *user) ES_NOEXCEPT;
  /* Creates (id 0) or changes the given fields; the checks, hooks and history of the registry apply. `version`: what
   * the plugin saw, else ES_CONFLICT; 0: whatever it is. A failed put has changed nothing. `out` may be null. [write] */
  es_status (*put)(es_call *call, es_str registry, int64_t id, int64_t version, const es_field *fields, size_t n,
                   es_written *out) ES_NOEXCEPT;
  /* Nothing is deleted: the record leaves the lists and keeps its history. [write] */
  es_status (*archive)(es_call *call, es_str registry, int64_t id, int64_t version) ES_NOEXCEPT;
  /* Runs `body` on the writer's thread inside a savepoint and waits. ES_OK from the body keeps what it wrote, anything
   * else undoes it; the result is the body's, or the writer's own error. The body gets an es_call of its own and leaves
   * the outer one alone. For jobs, and for savepoints inside a writing call; a route of mode read is ES_DENIED: no
   * worker waits for a commit. [call] */
  es_status (*write)(es_call *call, es_write_fn body, void *user) ES_NOEXCEPT;
} es_records;

/* Read-only SQL for hot paths. The rights of the caller are NOT applied: ask es.access first, or declare a capability.
 * Tables are named "plugin_registry", columns as the fields. */
#define ES_EXT_QUERY "es.query/1"
typedef struct es_query {
  uint32_t size;
  uint32_t reserved;
  /* `sql` is one SELECT with n `?`. It is a string that lives for ever: the host prepares it once a session and finds
   * it again by its address. Anything that writes is ES_DENIED. Columns come as fields named by the query. [call] */
  es_status (*run)(es_call *call, const char *sql, const es_value *args, size_t n, es_row_fn row, void *user) ES_NOEXCEPT;
} es_query;

#define ES_EXT_ACCESS "es.access/1"
typedef struct es_access {
  uint32_t size;
  uint32_t reserved;
  /* Puts 1 or 0 into *yes: does the relation ("class_teacher_of") hold between the caller and the record? [call] */
  es_status (*holds)(es_call *call, es_str relation, es_str registry, int64_t id, uint32_t *yes) ES_NOEXCEPT;
  /* Puts 1 or 0 into *yes: may the caller do "read", "create", "update" or "archive" on some record? [call] */
  es_status (*may)(es_call *call, es_str action, es_str registry, uint32_t *yes) ES_NOEXCEPT;
} es_access;

/* ------------------------------------------------------------------- plugin extensions: declared, pulled once after start */

#define ES_EXT_PLUGIN_ROUTES "es.plugin.routes/1"
enum {
  ES_ROUTE_READ = 0, /* on a worker, with a read snapshot */
  ES_ROUTE_WRITE = 1 /* on the writer's thread, whole inside its savepoint: be brief. Not for GET */
};
typedef struct es_request {
  uint32_t size;
  uint32_t reserved;
  es_str method;
  es_str path; /* decoded, whole */
  es_str mime; /* of the body, as the client said */
  es_str body;
  const es_field *parameters; /* text: what {name} in the route's path matched */
  size_t parameter_count;
  const es_field *query; /* text: ?name=value, decoded, in the order given */
  size_t query_count;
} es_request;
typedef struct es_reply {
  uint32_t size;
  uint32_t reserved;
  void *sink;
  /* Once, before append; without it 200 and JSON, or 204 when nothing was appended. [call] */
  es_status (*head)(void *sink, uint16_t status, es_str mime) ES_NOEXCEPT;
  es_status (*append)(void *sink, const void *bytes, size_t n) ES_NOEXCEPT; /* [call] */
} es_reply;
typedef struct es_route {
  const char *method;     /* "GET" "POST" "PUT" "PATCH" "DELETE" */
  const char *path;       /* "/averages/{class}", below /api/v1/<plugin>; {name*} at the end matches the rest */
  const char *capability; /* checked by the host first; one of plugin.info; null: any person who is logged in */
  uint32_t mode;
  uint32_t reserved;
  /* An error discards the reply and undoes what was written. [call], with mode write [write] */
  es_status (*handle)(es_plugin *self, es_call *call, const es_request *request, const es_reply *reply) ES_NOEXCEPT;
} es_route;
typedef struct es_plugin_routes {
  uint32_t size;
  uint32_t count;
  uint32_t stride;
  uint32_t reserved;
  const es_route *first;
} es_plugin_routes;

/* Behaviour inside the savepoint in which a record is written, whoever writes it: API, import, another plugin. */
#define ES_EXT_PLUGIN_HOOKS "es.plugin.hooks/1"
enum {
  ES_HOOK_DERIVE = 0,   /* first: compute values and set() them */
  ES_HOOK_VALIDATE = 1, /* then: reject() */
  ES_HOOK_AFTER = 2,    /* the record is stored, nothing is committed yet: write what follows from it */
  ES_HOOK_ARCHIVE = 3   /* since 1.1; the record has been archived, nothing is committed yet: reject(), or write what
                           follows. `before` is the record as it was, `after` null and 0 */
};
typedef struct es_change {
  uint32_t size;
  uint32_t phase;
  es_str registry;
  int64_t id;             /* 0: being created (in phase after it has its id) */
  const es_field *before; /* null and 0 when being created */
  size_t before_count;
  const es_field *after; /* complete: unchanged fields included */
  size_t after_count;
} es_change;
typedef struct es_hook_out {
  uint32_t size;
  uint32_t reserved;
  void *sink;
  /* Phase derive only, else ES_INVALID; the name must be a field of the registry. [write] */
  es_status (*set)(void *sink, es_str name, const es_value *value) ES_NOEXCEPT;
  /* Phases derive, validate and archive: the write fails, and the person sees the Russian text at the field (may be empty). A
   * hook that rejected returns ES_OK: it has done its work. [write] */
  es_status (*reject)(void *sink, es_str field, es_str code, es_str message) ES_NOEXCEPT;
  /* The write goes on; the person sees the text. [write] */
  es_status (*warn)(void *sink, es_str message) ES_NOEXCEPT;
} es_hook_out;
typedef struct es_hook {
  const char *registry; /* "journal.mark" */
  uint32_t phase;
  uint32_t reserved;
  /* An error fails the write and undoes it. [write] */
  es_status (*run)(es_plugin *self, es_call *call, const es_change *change, const es_hook_out *out) ES_NOEXCEPT;
} es_hook;
typedef struct es_plugin_hooks {
  uint32_t size;
  uint32_t count;
  uint32_t stride;
  uint32_t reserved;
  const es_hook *first;
} es_plugin_hooks;

/* Long work in the background; GET /api/v1/jobs/{id} shows how far it is. */
#define ES_EXT_PLUGIN_JOBS "es.plugin.jobs/1"
typedef struct es_job_control {
  uint32_t size;
  uint32_t reserved;
  void *sink;
  void (*progress)(void *sink, double fraction) ES_NOEXCEPT; /* 0..1. [call] */
  uint32_t (*cancelled)(void *sink) ES_NOEXCEPT;             /* 1: end soon, with any status. [call] */
  es_status (*result)(void *sink, es_str json) ES_NOEXCEPT;  /* of a job that ends well. [call] */
} es_job_control;
typedef struct es_job {
  const char *id;         /* "recount" */
  const char *label;      /* Russian */
  const char *capability; /* as of a route */
  /* `args` is a JSON object. Each read sees one moment, what the job has written included; writes go through
   * es_records.write, with the rights that the caller has by then. [call] */
  es_status (*run)(es_plugin *self, es_call *call, const es_job_control *control, es_str args) ES_NOEXCEPT;
} es_job;
typedef struct es_plugin_jobs {
  uint32_t size;
  uint32_t count;
  uint32_t stride;
  uint32_t reserved;
  const es_job *first;
} es_plugin_jobs;

/* --------------------------------------------------------------------------- the layout of 1.0, on 64-bit machines */

ES_STATIC_ASSERT(sizeof(void *) == 8 && sizeof(size_t) == 8);
ES_STATIC_ASSERT(sizeof(es_str) == 16 && sizeof(es_value) == 24 && sizeof(es_field) == 40);
ES_STATIC_ASSERT(offsetof(es_value, as) == 8 && offsetof(es_field, value) == 16);
ES_STATIC_ASSERT(sizeof(es_host) == 24 && offsetof(es_host, get_extension) == 8 && offsetof(es_host, log) == 16);
ES_STATIC_ASSERT(sizeof(es_plugin) == 40 && offsetof(es_plugin, start) == 8 && offsetof(es_plugin, stop) == 16);
ES_STATIC_ASSERT(offsetof(es_plugin, destroy) == 24 && offsetof(es_plugin, get_extension) == 32);
ES_STATIC_ASSERT(sizeof(es_entry) == 40 && offsetof(es_entry, size) == 4 && offsetof(es_entry, abi_major) == 8);
ES_STATIC_ASSERT(offsetof(es_entry, abi_minor) == 10 && offsetof(es_entry, id) == 16);
ES_STATIC_ASSERT(offsetof(es_entry, version) == 24 && offsetof(es_entry, create) == 32);
ES_STATIC_ASSERT(sizeof(es_call_api) == 72 && offsetof(es_call_api, alloc) == 8 && offsetof(es_call_api, fail) == 16);
ES_STATIC_ASSERT(offsetof(es_call_api, school) == 24 && offsetof(es_call_api, person) == 32);
ES_STATIC_ASSERT(offsetof(es_call_api, account) == 40 && offsetof(es_call_api, today) == 48);
ES_STATIC_ASSERT(offsetof(es_call_api, now) == 56 && offsetof(es_call_api, milliseconds_left) == 64);
ES_STATIC_ASSERT(sizeof(es_written) == 24 && offsetof(es_written, version) == 16);
ES_STATIC_ASSERT(sizeof(es_records) == 48 && offsetof(es_records, find) == 8 && offsetof(es_records, get) == 16);
ES_STATIC_ASSERT(offsetof(es_records, put) == 24 && offsetof(es_records, archive) == 32);
ES_STATIC_ASSERT(offsetof(es_records, write) == 40);
ES_STATIC_ASSERT(sizeof(es_query) == 16 && offsetof(es_query, run) == 8);
ES_STATIC_ASSERT(sizeof(es_access) == 24 && offsetof(es_access, holds) == 8 && offsetof(es_access, may) == 16);
ES_STATIC_ASSERT(sizeof(es_request) == 104 && offsetof(es_request, method) == 8 && offsetof(es_request, body) == 56);
ES_STATIC_ASSERT(offsetof(es_request, parameters) == 72 && offsetof(es_request, query_count) == 96);
ES_STATIC_ASSERT(sizeof(es_reply) == 32 && offsetof(es_reply, head) == 16 && offsetof(es_reply, append) == 24);
ES_STATIC_ASSERT(sizeof(es_route) == 40 && offsetof(es_route, mode) == 24 && offsetof(es_route, handle) == 32);
ES_STATIC_ASSERT(sizeof(es_plugin_routes) == 24 && offsetof(es_plugin_routes, first) == 16);
ES_STATIC_ASSERT(sizeof(es_change) == 64 && offsetof(es_change, id) == 24 && offsetof(es_change, after_count) == 56);
ES_STATIC_ASSERT(sizeof(es_hook_out) == 40 && offsetof(es_hook_out, set) == 16 && offsetof(es_hook_out, warn) == 32);
ES_STATIC_ASSERT(sizeof(es_hook) == 24 && offsetof(es_hook, run) == 16);
ES_STATIC_ASSERT(sizeof(es_plugin_hooks) == 24 && offsetof(es_plugin_hooks, first) == 16);
ES_STATIC_ASSERT(sizeof(es_job_control) == 40 && offsetof(es_job_control, result) == 32);
ES_STATIC_ASSERT(sizeof(es_job) == 32 && offsetof(es_job, run) == 24);
ES_STATIC_ASSERT(sizeof(es_plugin_jobs) == 24 && offsetof(es_plugin_jobs, first) == 16);

/* The export a plugin defines. */
extern ES_EXPORT const es_entry es_plugin_entry;

#ifdef __cplusplus
}
#endif
#endif
