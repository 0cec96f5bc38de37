/* An entry with one thing wrong in it, named by a definition. Its create must never run. */
#include <eschool/abi.h>
#include <stdlib.h>

#ifndef BROKEN_MAGIC
#define BROKEN_MAGIC ES_ABI_MAGIC
#endif
#ifndef BROKEN_MAJOR
#define BROKEN_MAJOR ES_ABI_MAJOR
#endif
#ifndef BROKEN_MINOR
#define BROKEN_MINOR ES_ABI_MINOR
#endif
#ifndef BROKEN_ID
#define BROKEN_ID "broken"
#endif
#ifdef BROKEN_CREATE
es_status function_that_nobody_defines(const es_host *from, es_plugin **out, char *err, size_t cap);
#else
#define BROKEN_CREATE create
static es_status create(const es_host *from, es_plugin **out, char *err, size_t cap) {
  (void)from;
  (void)out;
  (void)err;
  (void)cap;
  abort();
}
#endif

const es_entry es_plugin_entry = {BROKEN_MAGIC, sizeof(es_entry), BROKEN_MAJOR, BROKEN_MINOR, 0, BROKEN_ID, "0.1.0",
                                  BROKEN_CREATE};
