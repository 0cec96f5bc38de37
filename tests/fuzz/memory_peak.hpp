/// How much memory a call took at its height.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define ESCHOOL_COUNTS_ALLOCATIONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ESCHOOL_COUNTS_ALLOCATIONS 1
#endif
#endif
#ifdef ESCHOOL_COUNTS_ALLOCATIONS
// As in Clang's <sanitizer/allocator_interface.h>, which GCC has not though its library has the functions.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*taken)(const volatile void*, std::size_t),
                                                         void (*given_back)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void*);
#endif

namespace eschool::fuzz {

/// Begins with the object. Under the address sanitizer it counts each allocation of the process, those of the C
/// libraries too; elsewhere the growth of the resident set, which an earlier peak may hide but which never shows more
/// than was taken. One thread.
class MemoryPeak {
 public:
  MemoryPeak() {
#ifdef ESCHOOL_COUNTS_ALLOCATIONS
    static const int installed = __sanitizer_install_malloc_and_free_hooks(&taken, &given_back);
    static_cast<void>(installed);
    now_ = highest_ = 0;
    counting_ = true;
#else
    start_ = resident();
#endif
  }
  ~MemoryPeak() { counting_ = false; }
  MemoryPeak(const MemoryPeak&) = delete;

  std::size_t bytes() const {
#ifdef ESCHOOL_COUNTS_ALLOCATIONS
    return highest_;
#else
    return resident() - start_;
#endif
  }

 private:
#ifdef ESCHOOL_COUNTS_ALLOCATIONS
  static void taken(const volatile void*, std::size_t size) {
    if (!counting_) return;
    now_ += size;
    highest_ = std::max(highest_, now_);
  }
  static void given_back(const volatile void* place) {
    if (!counting_ || place == nullptr) return;
    // What was taken before the count began is given back below zero only by caches of the libraries: not counted.
    now_ -= std::min(now_, __sanitizer_get_allocated_size(place));
  }
  static inline std::size_t now_ = 0, highest_ = 0;
#else
  static std::size_t resident() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  }
  std::size_t start_ = 0;
#endif
  static inline bool counting_ = false;
};

}  // namespace eschool::fuzz
