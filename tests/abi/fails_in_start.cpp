#include <eschool/plugin.hpp>

#include <stdexcept>

namespace {
class FailsInStart : public eschool::plugin::Plugin {
 public:
  void start() override { throw std::runtime_error("нет места для временных файлов"); }
};
}  // namespace

ESCHOOL_PLUGIN(FailsInStart, "fails_in_start", "0.1.0")
