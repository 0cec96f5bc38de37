#include "tabular/xlsx_text.hpp"

#include <charconv>
#include <utility>

#include "tabular/encoding.hpp"

namespace eschool::tabular {
namespace {

class SharedStrings : public XmlEvents {
 public:
  explicit SharedStrings(Budget& budget) : budget_(budget) {}

  void start(std::string_view name, const Attributes&) override {
    if (name == "si") current_.clear();
    if (name == "rPh") in_phonetic_ = true;
    if (name == "t") in_text_ = !in_phonetic_;
  }
  void end(std::string_view name) override {
    if (name == "t") in_text_ = false;
    if (name == "rPh") in_phonetic_ = false;
    if (name != "si") return;
    decode_escapes(current_);
    current_.shrink_to_fit();
    budget_.hold(sizeof(std::string));
    budget_.hold_text(current_);
    strings.push_back(std::exchange(current_, {}));
  }
  void text(std::string_view piece) override {
    if (in_text_) current_.append(piece);
  }

  std::vector<std::string> strings;

 private:
  Budget& budget_;
  std::string current_;
  bool in_text_ = false;
  bool in_phonetic_ = false;
};

}  // namespace

void decode_escapes(std::string& text) {
  auto at = text.find("_x");
  if (at == std::string::npos) return;
  std::string decoded = text.substr(0, at);
  while (at < text.size()) {
    unsigned code = 0;
    if (text.compare(at, 2, "_x") == 0 && at + 6 < text.size() && text[at + 6] == '_') {
      const char* digits = text.data() + at + 2;
      const auto [end, error] = std::from_chars(digits, digits + 4, code, 16);
      if (error != std::errc{} || end != digits + 4 || (code >= 0xD800 && code < 0xE000)) code = 0;
    }
    if (code != 0) {
      append_utf8(decoded, code);
      at += 7;
    } else {
      decoded.push_back(text[at++]);
    }
  }
  text = std::move(decoded);
}

std::vector<std::string> read_shared_strings(const Archive& archive, const std::string& name, Budget& budget) {
  SharedStrings events(budget);
  parse_xml(archive, name, events);
  return std::move(events.strings);
}

}  // namespace eschool::tabular
