#include <eschool/plugin.hpp>

#include <stdexcept>

namespace {
class ThrowsInCreate : public eschool::plugin::Plugin {
 public:
  ThrowsInCreate() { throw std::runtime_error("нет файла с кодами"); }
};
}  // namespace

ESCHOOL_PLUGIN(ThrowsInCreate, "throws_in_create", "0.1.0")
