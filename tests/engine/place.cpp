#include "place.hpp"

#include <stdlib.h>

#include <stdexcept>

#include "cluster.hpp"

namespace eschool::test {

storage::Engine engine_under_test() {
  const char* engine = ::getenv("ESCHOOL_TEST_ENGINE");
  if (!engine || std::string_view(engine) == "sqlite") return storage::Engine::sqlite;
  if (std::string_view(engine) == "postgresql") return storage::Engine::postgresql;
  throw std::runtime_error("ESCHOOL_TEST_ENGINE: " + std::string(engine));
}

Place::Place() {
  auto pattern = (std::filesystem::temp_directory_path() / "eschool-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
}

Place::~Place() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

storage::Location Place::database(const std::string& name) const {
  if (engine_under_test() == storage::Engine::sqlite) return folder_ / (name + ".db");
  // The folder's name is this test's alone, and so is the schema's. Capitals and hyphens must be quoted everywhere.
  return {shared_cluster().connection(), folder_.filename().string() + "-" + name};
}

}  // namespace eschool::test
