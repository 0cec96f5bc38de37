// Breaks the contract: an exception leaves create() or start(), which are not made with plugin.hpp.
#include <eschool/abi.h>

#include <stdexcept>

namespace {
#ifdef THROWS_IN_START
constexpr char id[] = "throws_in_start";
es_status start(es_plugin*) { throw std::runtime_error("across the border of start"); }
es_plugin plugin{sizeof(es_plugin), 0, reinterpret_cast<decltype(es_plugin::start)>(&start), nullptr, nullptr, nullptr};
es_status create(const es_host*, es_plugin** out, char*, size_t) {
  *out = &plugin;
  return ES_OK;
}
#else
constexpr char id[] = "throws_across";
es_status create(const es_host*, es_plugin**, char*, size_t) { throw std::runtime_error("across the border"); }
#endif
}  // namespace

const es_entry es_plugin_entry = {ES_ABI_MAGIC,
                                  sizeof(es_entry),
                                  ES_ABI_MAJOR,
                                  ES_ABI_MINOR,
                                  0,
                                  id,
                                  "0.1.0",
                                  reinterpret_cast<decltype(es_entry::create)>(&create)};
