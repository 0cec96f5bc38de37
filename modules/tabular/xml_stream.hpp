/// Internal: a member of the archive as a stream of XML events, over Expat. No DTD, no entities, bounded depth.
#pragma once

#include <string>
#include <string_view>

#include "tabular/archive.hpp"

namespace eschool::tabular {

/// The attributes of one element, valid during the event. Names are matched without their namespace prefix.
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  /// Empty when absent.
  std::string_view get(std::string_view local_name) const;

 private:
  const char** pairs_;
};

/// Receives the events. Names come without namespace prefix; text comes in pieces. May throw Failure.
class XmlEvents {
 public:
  virtual ~XmlEvents() = default;
  virtual void start(std::string_view name, const Attributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view piece) = 0;
};

/// Parses a member to its end. False when there is none of this name. Fails with doctype, damaged, or what the
/// archive or the events fail with.
bool parse_xml(const Archive& archive, const std::string& name, XmlEvents& events);

}  // namespace eschool::tabular
