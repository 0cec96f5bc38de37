/* Every size and offset of ABI 1.0, asserted while compiling, in C11 and in C++20, against the frozen header and against
 * today's: a member that moved, shrank or changed its width does not compile. Today's structs may be longer. */
#ifdef ABI_FROZEN
#include "frozen/1.0/abi.h"
#define SIZE(type, bytes) ES_STATIC_ASSERT(sizeof(type) == (bytes));
#else
#include <eschool/abi.h>
#define SIZE(type, bytes) ES_STATIC_ASSERT(sizeof(type) >= (bytes));
#endif
#define SLOT(type, member, offset, bytes) \
  ES_STATIC_ASSERT(offsetof(type, member) == (offset) && sizeof(((type *)0)->member) == (bytes));
#include "frozen/1.0/slots.inc"

/* Without `size` there is no way to grow. */
ES_STATIC_ASSERT(sizeof(es_str) == 16 && sizeof(es_value) == 24 && sizeof(es_field) == 40);
