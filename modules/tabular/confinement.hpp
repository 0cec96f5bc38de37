/// Internal: takes from the reading child all it does not need before it looks at a stranger's bytes.
#pragma once

#include "tabular/workbook.hpp"

namespace eschool::tabular {

/// Limits of processor time, address space, files and processes; no new privileges; a seccomp filter that allows
/// memory, the open descriptors and exit, and kills at anything else. Not to be undone. False when the kernel refuses a
/// part: the caller must then not read. Under AddressSanitizer and ThreadSanitizer, which need vast address space and
/// calls of their own, the limits of memory and the filter are left out.
bool confine_this_process(const Caps& caps);

}  // namespace eschool::tabular
