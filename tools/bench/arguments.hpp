/// `--name value` pairs of a bench program's command line.
#pragma once

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

class Arguments {
 public:
  /// Throws std::runtime_error for anything that is not `--name value` with a known name.
  Arguments(int count, char** values, const std::vector<std::string>& known) {
    for (int i = 1; i < count; i += 2) {
      const std::string name = values[i];
      bool fits = false;
      for (const std::string& wanted : known) fits = fits || name == "--" + wanted;
      if (!fits || i + 1 >= count) throw std::runtime_error("unknown or incomplete argument: " + name);
      values_[name.substr(2)].push_back(values[i + 1]);
    }
  }
  bool has(const std::string& name) const { return values_.contains(name); }
  std::string text(const std::string& name, const std::string& otherwise = {}) const {
    const auto place = values_.find(name);
    return place == values_.end() ? otherwise : place->second.back();
  }
  long number(const std::string& name, long otherwise) const {
    return has(name) ? std::strtol(text(name).c_str(), nullptr, 10) : otherwise;
  }
  std::vector<std::string> all(const std::string& name) const {
    const auto place = values_.find(name);
    return place == values_.end() ? std::vector<std::string>{} : place->second;
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace bench
