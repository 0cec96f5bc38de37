#include "kernel/plugin_host/plugin_info.hpp"

#include <fmt/format.h>

#include <boost/property_tree/info_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace eschool::plugin_host {
namespace {

bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= 32 && id[0] >= 'a' && id[0] <= 'z' && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void read_abi(PluginInfo& info, const std::string& text) {
  const auto* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, info.abi_major);
  if (major.ec == std::errc{} && major.ptr != end && *major.ptr == '.')
    if (const auto minor = std::from_chars(major.ptr + 1, end, info.abi_minor); minor.ec == std::errc{} && minor.ptr == end)
      return;
  throw std::runtime_error(fmt::format("ключ abi: «{}», а нужно два числа через точку, например 1.0", text));
}

}  // namespace

PluginInfo read_plugin_info(const std::filesystem::path& file) {
  namespace tree = boost::property_tree;
  PluginInfo info;
  try {
    tree::ptree document;
    tree::read_info(file.string(), document);
    for (const auto& [key, value] : document) {
      if (key == "id") info.id = value.data();
      else if (key == "version") info.version = value.data();
      else if (key == "abi") read_abi(info, value.data());
      else if (key == "label") info.label = value.data();
      else if (key == "description") info.description = value.data();
      else if (key == "required" && (value.data() == "true" || value.data() == "false")) info.required = value.data() == "true";
      else if (key == "requires")
        for (const auto& [plugin, version] : value) info.requires_plugins.push_back(plugin);
      else if (key == "capabilities")
        for (const auto& [capability, label] : value) info.capabilities[capability] = label.data();
      else throw std::runtime_error(fmt::format("неизвестный ключ или значение: {}", key));
    }
    if (!is_id(info.id)) throw std::runtime_error("ключ id: строчные латинские буквы, цифры и _, первая — буква");
    if (info.version.empty()) throw std::runtime_error("нет ключа version");
    if (info.abi_major == 0) throw std::runtime_error("нет ключа abi");
    if (info.label.empty()) throw std::runtime_error("нет ключа label");
  } catch (const tree::info_parser_error& failure) {
    throw std::runtime_error(fmt::format("{}:{}: {}", file.filename().string(), failure.line(), failure.message()));
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(fmt::format("{}: {}", file.filename().string(), failure.what()));
  }
  return info;
}

}  // namespace eschool::plugin_host
