#include "kernel/plugin_host/gates.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <fstream>

namespace eschool::plugin_host {
namespace {

namespace fs = std::filesystem;

/// Boost's reader trusts the file: a cut one would have it read a section table that is not there.
bool is_whole_elf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(stream.tellg(), 0));
  Elf64_Ehdr header{};
  stream.seekg(0);
  if (size < sizeof header || !stream.read(reinterpret_cast<char*>(&header), sizeof header)) return false;
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
         header.e_type == ET_DYN && header.e_shentsize == sizeof(Elf64_Shdr) && header.e_shnum > 0 &&
         header.e_shstrndx < header.e_shnum && header.e_shoff <= size &&
         std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr) <= size - header.e_shoff;
}

}  // namespace

std::optional<Refusal> check_files(const fs::path& plugin_folder, const std::string& id) {
  const auto library = plugin_folder / (id + ".so");
  for (const auto& path : {plugin_folder.parent_path(), plugin_folder, plugin_folder / "plugin.info", library}) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0)
      return Refusal{"no_library", fmt::format("нет файла {}: установите модуль заново", path.filename().string())};
    if (facts.st_uid != 0 && facts.st_uid != ::geteuid())
      return Refusal{
          "foreign_owner",
          fmt::format("«{}» принадлежит посторонней учётной записи: сделайте владельцем root", path.string())};
    const bool by_others = (facts.st_mode & S_IWOTH) != 0;
    const bool by_group = (facts.st_mode & S_IWGRP) != 0 && facts.st_gid != ::getegid();
    if (by_others || by_group)
      return Refusal{"writable", fmt::format("«{}» могут менять посторонние: выполните chmod go-w", path.string())};
  }
  return std::nullopt;
}

std::optional<Refusal> check_symbol(const fs::path& library) {
  const auto name = library.filename().string();
  if (!is_whole_elf(library))
    return Refusal{"not_loadable",
                   fmt::format("{} — не библиотека Linux x86-64, или файл обрезан: установите модуль заново", name)};
  try {
    const auto symbols = boost::dll::library_info(library.string()).symbols();
    if (std::find(symbols.begin(), symbols.end(), ES_ENTRY_SYMBOL) != symbols.end()) return std::nullopt;
  } catch (const std::exception& failure) {
    return Refusal{"not_loadable", fmt::format("{} не читается: {}", name, failure.what())};
  }
  return Refusal{"no_entry", fmt::format("в {} нет {}: это не модуль «Электронной школы»", name, ES_ENTRY_SYMBOL)};
}

const es_entry& load_entry(const fs::path& library) {
  boost::dll::shared_library loaded(library.string(),
                                    boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  // Never unloaded: a thread or a pointer into the library may outlive its plugin. Boost has no mode for it, and its
  // handle closes the library; this mark survives that.
  void* pinned = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD | RTLD_NODELETE);
  if (pinned == nullptr) throw std::runtime_error("the library could not be kept loaded");
  ::dlclose(pinned);
  return loaded.get<const es_entry>(ES_ENTRY_SYMBOL);
}

std::optional<Refusal> check_entry(const es_entry& entry, const PluginInfo& info) {
  if (entry.magic != ES_ABI_MAGIC)
    return Refusal{"bad_magic", "модуль собран не для «Электронной школы»: установите другой файл"};
  if (entry.abi_major != ES_ABI_MAJOR)
    return Refusal{"abi_major", fmt::format("модуль собран для ABI {}.{}, а сервер знает {}.{}: обновите {}",
                                            entry.abi_major, entry.abi_minor, ES_ABI_MAJOR, ES_ABI_MINOR,
                                            entry.abi_major < ES_ABI_MAJOR ? "модуль" : "сервер")};
  if (entry.abi_minor > ES_ABI_MINOR)
    return Refusal{"abi_minor", fmt::format("модулю нужен сервер с ABI {}.{} или новее: обновите сервер",
                                            entry.abi_major, entry.abi_minor)};
  if (entry.size < sizeof(es_entry) || !entry.create || !entry.id || !entry.version)
    return Refusal{"bad_entry", "описание внутри модуля неполно: соберите его заново"};
  if (info.id != entry.id || info.version != entry.version)
    return Refusal{"mismatch",
                   fmt::format("plugin.info говорит «{} {}», а сам модуль — «{} {}»: установите модуль заново", info.id,
                               info.version, entry.id, entry.version)};
  return std::nullopt;
}

}  // namespace eschool::plugin_host
