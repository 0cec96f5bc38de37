// plugin.info: read before a plugin is trusted with anything.
#include <stdexcept>

#include "kernel/plugin_host/plugin_info.hpp"
#include "oracle.hpp"

using namespace eschool::plugin_host;
using eschool::fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(eschool::fuzz::text_of(data, size));
  try {
    const auto info = parse_plugin_info(text, "plugin.info");
    expect(!info.id.empty() && info.id.find_first_of("./\\") == std::string::npos, "an id names no other folder",
           info.id);
    expect(info.abi_major > 0 && !info.version.empty() && !info.label.empty(), "what is needed is there", text);
    expect(not_older(info.version, info.version), "a version is not older than itself", info.version);
    for (const auto& [plugin, version] : info.least_versions) not_older(version, info.version);
  } catch (const std::runtime_error& error) {
    const std::string_view message = error.what();
    expect(message.starts_with("plugin.info") && message.size() > 13, "an error names the file", message);
    // Boost's reader opens the file that a directive names: none may reach it.
    const auto colon = message.find(": ");
    const auto told = message.substr(colon == std::string_view::npos ? 0 : colon + 2);
    expect(!told.starts_with("cannot open include file") && !told.starts_with("unknown directive"),
           "the file is read alone", message);
  }
  return 0;
}
