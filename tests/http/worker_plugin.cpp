#include "worker_plugin.hpp"

#include <fstream>
#include <iterator>

namespace eschool::test {

namespace fs = std::filesystem;
namespace json = boost::json;

void add_worker_plugin(Installation& installation, const std::string& more) {
  installation.own_settings({fs::path(ABI_PLUGINS) / "served/worker"}, {"worker.note"}, more);
  fs::copy(fs::path(ESCHOOL_SOURCE_DIR) / "tests/abi/schemas/worker", installation.own_schemas() / "worker");
  const auto file = installation.own_schemas().parent_path() / "roles.json";
  std::ifstream stream(file);
  auto roles = json::parse(std::string(std::istreambuf_iterator<char>(stream), {}));
  roles.at("roles").at(0).at("capabilities").as_array().emplace_back("worker.run");
  std::ofstream(file) << json::serialize(roles);
}

}  // namespace eschool::test
