// Breaks the contract: an exception leaves create(), which is not made with plugin.hpp.
#include <eschool/abi.h>

#include <stdexcept>

namespace {
es_status create(const es_host*, es_plugin**, char*, size_t) { throw std::runtime_error("across the border"); }
}  // namespace

const es_entry es_plugin_entry = {ES_ABI_MAGIC,
                                  sizeof(es_entry),
                                  ES_ABI_MAJOR,
                                  ES_ABI_MINOR,
                                  0,
                                  "throws_across",
                                  "0.1.0",
                                  reinterpret_cast<decltype(es_entry::create)>(&create)};
