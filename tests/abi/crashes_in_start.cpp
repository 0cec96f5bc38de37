#include <eschool/plugin.hpp>

#include <cstdlib>

namespace {
class CrashesInStart : public eschool::plugin::Plugin {
 public:
  void start() override { std::abort(); }
};
}  // namespace

ESCHOOL_PLUGIN(CrashesInStart, "crashes_in_start", "0.1.0")
