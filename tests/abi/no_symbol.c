/* A library, but no plugin. If anything loaded it, its constructor would end the process. */
#include <stdlib.h>

int some_function(void);
int some_function(void) { return 1; }

__attribute__((constructor)) static void loaded(void) { abort(); }
