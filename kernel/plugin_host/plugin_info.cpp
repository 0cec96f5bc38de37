#include "kernel/plugin_host/plugin_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/property_tree/info_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace eschool::plugin_host {
namespace {

namespace tree = boost::property_tree;

constexpr std::streamoff largest_file = 64 * 1024;

bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= 32 && id[0] >= 'a' && id[0] <= 'z' &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_version(const std::string& text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

void read_abi(PluginInfo& info, const std::string& text) {
  const auto* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, info.abi_major);
  if (major.ec == std::errc{} && major.ptr != end && *major.ptr == '.')
    if (const auto minor = std::from_chars(major.ptr + 1, end, info.abi_minor);
        minor.ec == std::errc{} && minor.ptr == end)
      return;
  throw std::runtime_error(fmt::format("ключ abi: «{}», а нужно два числа через точку, например 1.0", text));
}

void read_requires(PluginInfo& info, const tree::ptree& block) {
  for (const auto& [plugin, version] : block) {
    if (!is_id(plugin))
      throw std::runtime_error(fmt::format("ключ requires: «{}» не может быть именем модуля", plugin));
    if (std::find(info.requires_plugins.begin(), info.requires_plugins.end(), plugin) != info.requires_plugins.end())
      throw std::runtime_error(fmt::format("ключ requires: модуль «{}» назван дважды", plugin));
    info.requires_plugins.push_back(plugin);
    if (version.data().empty()) continue;
    if (!is_version(version.data()))
      throw std::runtime_error(
          fmt::format("ключ requires: версия «{}» модуля «{}» — не числа через точку", version.data(), plugin));
    info.least_versions[plugin] = version.data();
  }
}

void read_capabilities(PluginInfo& info, const tree::ptree& block) {
  for (const auto& [capability, label] : block) {
    if (label.data().empty())
      throw std::runtime_error(fmt::format("ключ capabilities: у «{}» нет русского названия", capability));
    if (!info.capabilities.emplace(capability, label.data()).second)
      throw std::runtime_error(fmt::format("ключ capabilities: «{}» названо дважды", capability));
  }
}

bool is_tag(const std::string& text) {
  return !text.empty() && text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_pages(PluginInfo& info, const tree::ptree& block) {
  for (const auto& [name, keys] : block) {
    PluginPage page;
    page.name = name;
    if (!is_id(name)) throw std::runtime_error(fmt::format("ключ pages: «{}» не может быть именем страницы", name));
    for (const auto& [key, value] : keys)
      if (key == "element")
        page.element = value.data();
      else if (key == "label")
        page.label = value.data();
      else if (key == "place")
        page.place = value.data();
      else if (key == "capability")
        page.capability = value.data();
      else
        throw std::runtime_error(fmt::format("ключ pages.{}: неизвестный ключ {}", name, key));
    if (page.label.empty()) throw std::runtime_error(fmt::format("ключ pages.{}: нет label", name));
    if (page.place != "menu" && page.place != "home" && !page.place.starts_with("card:"))
      throw std::runtime_error(fmt::format("ключ pages.{}: place — menu, home или card:РЕЕСТР", name));
    info.pages.push_back(std::move(page));
  }
}

/// After the whole file: an element carries the plugin's name, so that two plugins never meet.
void check_pages(const PluginInfo& info) {
  auto tag = info.id;
  std::replace(tag.begin(), tag.end(), '_', '-');
  for (const auto& page : info.pages)
    if (!page.element.starts_with("es-" + tag + "-") || !is_tag(page.element))
      throw std::runtime_error(fmt::format("ключ pages.{}: element начинается с es-{}-", page.name, tag));
}

void refuse_directives(const std::string& text) {
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto first = line.find_first_not_of(" \t\v\f\r");  // all that Boost's reader skips before a directive
    if (first != std::string::npos && line[first] == '#')
      throw std::runtime_error(fmt::format("строка {}: команды, начинающиеся с #, здесь не разрешены", number));
  }
}

}  // namespace

PluginInfo parse_plugin_info(const std::string& text, const std::string& name) {
  PluginInfo info;
  try {
    refuse_directives(text);
    std::istringstream stream(text);
    tree::ptree document;
    tree::read_info(stream, document);
    std::set<std::string> seen;
    for (const auto& [key, value] : document) {
      if (!seen.insert(key).second) throw std::runtime_error(fmt::format("ключ {} стоит дважды", key));
      const bool is_block = key == "requires" || key == "capabilities" || key == "pages";
      if (is_block ? !value.data().empty() : !value.empty())
        throw std::runtime_error(fmt::format(
            "ключ {}: {}", key, is_block ? "нужен перечень в фигурных скобках" : "нужно значение, а не перечень"));
      if (key == "id")
        info.id = value.data();
      else if (key == "version")
        info.version = value.data();
      else if (key == "abi")
        read_abi(info, value.data());
      else if (key == "label")
        info.label = value.data();
      else if (key == "description")
        info.description = value.data();
      else if (key == "required" && (value.data() == "true" || value.data() == "false"))
        info.required = value.data() == "true";
      else if (key == "required")
        throw std::runtime_error("ключ required: нужно true или false");
      else if (key == "requires")
        read_requires(info, value);
      else if (key == "capabilities")
        read_capabilities(info, value);
      else if (key == "pages")
        read_pages(info, value);
      else
        throw std::runtime_error(fmt::format("неизвестный ключ {}: проверьте, как он пишется", key));
    }
    if (!is_id(info.id)) throw std::runtime_error("ключ id: строчные латинские буквы, цифры и _, первая — буква");
    if (!is_version(info.version)) throw std::runtime_error("ключ version: нужны числа через точку, например 0.1.0");
    if (info.abi_major == 0) throw std::runtime_error("нет ключа abi");
    if (info.label.empty()) throw std::runtime_error("нет ключа label");
    check_pages(info);
  } catch (const tree::info_parser_error& failure) {
    throw std::runtime_error(fmt::format("{}:{}: {}", name, failure.line(), failure.message()));
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(fmt::format("{}: {}", name, failure.what()));
  }
  return info;
}

PluginInfo read_plugin_info(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream)
    throw std::runtime_error(fmt::format("{}: файла нет, или он не читается: установите модуль заново", name));
  const auto size = static_cast<std::streamoff>(stream.tellg());
  if (size > largest_file) throw std::runtime_error(fmt::format("{}: больше 64 КиБ — это не описание модуля", name));
  std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  stream.seekg(0);
  if (!stream.read(text.data(), static_cast<std::streamsize>(text.size())))
    throw std::runtime_error(fmt::format("{}: файл не читается", name));
  return parse_plugin_info(text, name);
}

bool not_older(std::string_view have, std::string_view least) {
  const auto take = [](std::string_view& rest) {
    long number = 0;
    const auto end = std::min(rest.find('.'), rest.size());
    std::from_chars(rest.data(), rest.data() + end, number);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return number;
  };
  while (!have.empty() || !least.empty()) {
    const long left = take(have), right = take(least);
    if (left != right) return left > right;
  }
  return true;
}

}  // namespace eschool::plugin_host
