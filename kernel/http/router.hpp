/// From method and path to a route. Knows nothing of handlers: their type is a parameter.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eschool::http {

/// Who may call a route. There is no default: a route names its policy or does not compile.
enum class Policy {
  open,        ///< anybody
  session,     ///< anybody who is logged in; the handler asks the access rules for the rest
  capability,  ///< who holds the route's capability
};

/// Where a route's handler runs.
enum class Mode {
  read,      ///< on the pool, with a read snapshot
  write,     ///< on the writer thread, whole inside its savepoint
  detached,  ///< on the pool, without a database: hashing, files, jobs
};

/// What `{name}` in a pattern matched. The views point into the path and the router: they live as long as both.
class Parameters {
 public:
  static constexpr std::size_t capacity = 6;

  std::string_view operator[](std::string_view name) const {
    for (std::size_t i = 0; i < size_; ++i) {
      if (items_[i].first == name) return items_[i].second;
    }
    return {};
  }
  /// The parameter as a positive decimal integer of plain digits; nothing otherwise.
  std::optional<std::int64_t> id(std::string_view name) const {
    const std::string_view text = (*this)[name];
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || stop != text.data() + text.size() || number <= 0) return std::nullopt;
    return number;
  }
  std::size_t size() const { return size_; }
  template <class Function>
  void each(Function function) const {
    for (std::size_t i = 0; i < size_; ++i) function(items_[i].first, items_[i].second);
  }

 private:
  template <class Handler>
  friend class Router;
  std::array<std::pair<std::string_view, std::string_view>, capacity> items_;
  std::size_t size_ = 0;
};

template <class Handler>
class Router {
 public:
  struct Route {
    std::string method;
    std::string pattern;
    Policy policy;
    Mode mode;
    Handler handler;
    std::string capability;  ///< not empty exactly when policy is Policy::capability
  };

  struct Found {
    const Route* route = nullptr;  ///< null: 404 when `allow` is empty, else 405
    Parameters parameters;
    std::string allow;  ///< for 405 and OPTIONS: "GET, HEAD, POST"
  };

  /// Adds a route. A segment of the pattern is literal, `{name}` (one segment, not empty) or, at the end, `{name*}`
  /// (the rest, slashes included, may be empty). Literal segments win over parameters. Throws std::logic_error for a
  /// pattern that cannot be matched, a route that exists, or a capability missing or out of place.
  /// Not to be called while other threads call find().
  const Route& add(std::string method, std::string pattern, Policy policy, Mode mode, Handler handler,
                   std::string capability = {}) {
    if ((policy == Policy::capability) == capability.empty()) {
      throw std::logic_error("route " + pattern + ": a capability belongs to Policy::capability, and only to it");
    }
    if (!pattern.starts_with('/')) throw std::logic_error("route " + pattern + ": must begin with '/'");
    Node* node = &root_;
    std::vector<std::string> names;
    std::string_view rest = std::string_view(pattern).substr(1);
    while (true) {
      const std::size_t slash = rest.find('/');
      const std::string_view segment = rest.substr(0, slash);
      const bool last = slash == std::string_view::npos;
      if (segment.starts_with('{')) {
        if (!segment.ends_with('}') || segment.size() < 3) throw std::logic_error("route " + pattern + ": bad segment");
        std::string_view name = segment.substr(1, segment.size() - 2);
        const bool tail = name.ends_with('*');
        if (tail) name.remove_suffix(1);
        if (tail && !last) throw std::logic_error("route " + pattern + ": {name*} must be last");
        names.emplace_back(name);
        if (names.size() > Parameters::capacity) throw std::logic_error("route " + pattern + ": too many parameters");
        auto& child = tail ? node->tail : node->parameter;
        if (!child) child = std::make_unique<Node>();
        node = child.get();
      } else {
        node = &node->literal(segment);
      }
      if (last) break;
      rest = rest.substr(slash + 1);
    }
    for (const auto& entry : node->entries) {
      if (entry.route->method == method) throw std::logic_error("route " + method + " " + pattern + ": exists already");
    }
    routes_.push_back(std::make_unique<Route>(
        Route{std::move(method), std::move(pattern), policy, mode, std::move(handler), std::move(capability)}));
    node->entries.push_back({routes_.back().get(), std::move(names)});
    return *routes_.back();
  }

  /// HEAD finds the GET route when it has none of its own. The path is decoded and begins with '/'.
  Found find(std::string_view method, std::string_view path) const {
    Found found;
    std::array<std::string_view, Parameters::capacity> values;
    std::vector<std::string_view> allowed;
    if (path.starts_with('/')) walk(root_, path.substr(1), method, values, 0, found, allowed);
    if (found.route == nullptr && !allowed.empty()) {
      if (std::find(allowed.begin(), allowed.end(), "GET") != allowed.end()) allowed.emplace_back("HEAD");
      std::sort(allowed.begin(), allowed.end());
      allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
      for (const std::string_view name : allowed) {
        if (!found.allow.empty()) found.allow += ", ";
        found.allow += name;
      }
    }
    return found;
  }

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Entry {
    const Route* route;
    std::vector<std::string> names;
  };
  struct Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;  // sorted by text
    std::unique_ptr<Node> parameter, tail;
    std::vector<Entry> entries;

    auto lower_bound(std::string_view text) const {
      return std::lower_bound(literals.begin(), literals.end(), text,
                              [](const auto& item, std::string_view wanted) { return item.first < wanted; });
    }
    Node& literal(std::string_view text) {
      const auto place = lower_bound(text);
      if (place != literals.end() && place->first == text) return *place->second;
      return *literals.emplace(place, std::string(text), std::make_unique<Node>())->second;
    }
  };
  using Values = std::array<std::string_view, Parameters::capacity>;

  static bool take(const Node& node, std::string_view method, const Values& values, std::size_t count, Found& found,
                   std::vector<std::string_view>& allowed) {
    const Entry* get = nullptr;
    for (const Entry& entry : node.entries) {
      if (entry.route->method == method) return fill(entry, values, count, found);
      if (entry.route->method == "GET") get = &entry;
    }
    if (method == "HEAD" && get != nullptr) return fill(*get, values, count, found);
    for (const Entry& entry : node.entries) allowed.emplace_back(entry.route->method);
    return false;
  }

  static bool fill(const Entry& entry, const Values& values, std::size_t count, Found& found) {
    found.route = entry.route;
    for (std::size_t i = 0; i < count; ++i) found.parameters.items_[i] = {entry.names[i], values[i]};
    found.parameters.size_ = count;
    return true;
  }

  static bool walk(const Node& node, std::string_view rest, std::string_view method, Values& values, std::size_t count,
                   Found& found, std::vector<std::string_view>& allowed) {
    const std::size_t slash = rest.find('/');
    const bool last = slash == std::string_view::npos;
    const std::string_view segment = rest.substr(0, slash);
    const auto step = [&](const Node& child, std::size_t taken) {
      return last ? take(child, method, values, taken, found, allowed)
                  : walk(child, rest.substr(slash + 1), method, values, taken, found, allowed);
    };
    const auto place = node.lower_bound(segment);
    if (place != node.literals.end() && place->first == segment && step(*place->second, count)) return true;
    if (node.parameter && !segment.empty()) {
      values[count] = segment;
      if (step(*node.parameter, count + 1)) return true;
    }
    if (node.tail) {
      values[count] = rest;
      if (take(*node.tail, method, values, count + 1, found, allowed)) return true;
    }
    return false;
  }

  Node root_;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace eschool::http
