#include "kernel/school/place.hpp"

#include <fmt/format.h>

#include <boost/property_tree/info_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <fstream>
#include <stdexcept>

namespace eschool::school {

namespace fs = std::filesystem;

namespace {

fs::path note_in(const fs::path& folder) { return folder / "storage.info"; }

storage::Location schema_named(const std::string& schema, const fs::path& folder, const config::Config& config) {
  if (config.storage_connection.empty())
    throw std::runtime_error(
        fmt::format("школа {} хранится в PostgreSQL: укажите в настройках storage {{ connection \"…\" }}",
                    folder.filename().string()));
  return {config.storage_connection, schema};
}

}  // namespace

storage::Location file_place(const fs::path& folder) { return folder / "school.db"; }

storage::Location schema_place(const fs::path& folder, const config::Config& config) {
  return schema_named("eschool_" + folder.filename().string(), folder, config);
}

storage::Location new_place(const fs::path& folder, const config::Config& config) {
  return config.storage_engine == "postgresql" ? schema_place(folder, config) : file_place(folder);
}

storage::Location place_of(const fs::path& folder, const config::Config& config) {
  const auto note = note_in(folder);
  if (!fs::exists(note)) return file_place(folder);
  boost::property_tree::ptree tree;
  try {
    boost::property_tree::read_info(note.string(), tree);
    if (tree.get<std::string>("engine") == "postgresql")
      return schema_named(tree.get<std::string>("schema"), folder, config);
  } catch (const boost::property_tree::ptree_error& failure) {
    throw std::runtime_error(note.string() + ": " + failure.what());
  }
  throw std::runtime_error(note.string() + ": неизвестный engine");
}

void note_place(const fs::path& folder, const storage::Location& place) {
  const auto note = note_in(folder);
  if (place.engine() == storage::Engine::sqlite) {
    fs::remove(note);
    return;
  }
  auto part = note;
  part += ".part";
  {
    std::ofstream stream(part);
    stream << "; Где лежит база этой школы. Меняет «eschool move».\nengine postgresql\nschema " << place.schema << "\n";
    if (!stream.flush()) throw std::runtime_error("не записывается " + part.string());
  }
  fs::rename(part, note);
}

std::string noted_host(const fs::path& folder) {
  std::string host;
  std::ifstream(folder / "host") >> host;
  return host;
}

void note_host(const fs::path& folder, const std::string& host) {
  if (noted_host(folder) == host) return;
  std::ofstream(folder / "host", std::ios::trunc) << host << "\n";
}

}  // namespace eschool::school
