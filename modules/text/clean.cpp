#include "text/clean.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <stdexcept>

namespace eschool::text {

namespace {

/// NFC. Files made on a Mac write й and ё as two code points, and such a name would never equal the composed one.
std::string compose(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  std::string out;
  if (U_SUCCESS(status)) {
    icu::StringByteSink<std::string> sink(&out);
    nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  }
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU cannot compose text: ") + u_errorName(status));
  return out;
}

}  // namespace

bool may_need_composing(std::string_view text) {
  // U+0300 to U+036F are led by the bytes CC and CD.
  return text.find('\xCC') != std::string_view::npos || text.find('\xCD') != std::string_view::npos;
}

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  walk_clean(text, [&](char32_t code) { append_code_point(out, code); });
  return may_need_composing(out) ? compose(out) : out;
}

std::string clean_lines(std::string_view text) {
  std::string out;
  bool blank = false;
  const auto add = [&](std::string_view raw) {
    const std::string line = clean(raw);
    if (line.empty()) {
      blank = !out.empty();
      return;
    }
    if (!out.empty()) out += blank ? "\n\n" : "\n";
    blank = false;
    out += line;
  };
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const char32_t code = next_code_point(text, at);
    if (code != U'\n' && code != U'\r' && code != 0x85 && code != 0x2028 && code != 0x2029) continue;
    if (code == U'\r' && at < text.size() && text[at] == '\n') ++at;
    add(text.substr(start, here - start));
    start = at;
  }
  add(text.substr(start));
  return out;
}

}  // namespace eschool::text
