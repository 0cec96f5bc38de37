#include <eschool/plugin.hpp>

namespace {
using namespace eschool::plugin;
class WritesOnGet : public Plugin {
 public:
  void write(Call&, const Request&, Reply&) {}
  static constexpr auto routes() {
    return std::array{on<&WritesOnGet::write>(Route{.method = "GET", .path = "/write", .mode = Mode::write})};
  }
};
}  // namespace

ESCHOOL_PLUGIN(WritesOnGet, "writes_on_get", "0.1.0")
