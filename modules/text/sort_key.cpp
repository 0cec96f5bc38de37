#include "text/sort_key.hpp"

#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

namespace eschool::text {

namespace {

struct CloseCollator {
  void operator()(UCollator* collator) const { ucol_close(collator); }
};
using Collator = std::unique_ptr<UCollator, CloseCollator>;

void require(UErrorCode status, const char* what) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU cannot ") + what + ": " + u_errorName(status));
}

Collator open_collator() {
  UErrorCode status = U_ZERO_ERROR;
  Collator collator(ucol_open("ru_RU", &status));
  require(status, "open the collation ru_RU");
  ucol_setAttribute(collator.get(), UCOL_STRENGTH, UCOL_TERTIARY, &status);
  ucol_setAttribute(collator.get(), UCOL_NUMERIC_COLLATION, UCOL_ON, &status);
  require(status, "set up the collation ru_RU");
  return collator;
}

/// Opening costs far more than a key, so it happens once a process and threads take clones, which share its data.
const UCollator* collator_of_thread() {
  static const Collator original = open_collator();
  thread_local const Collator mine = [] {
    UErrorCode status = U_ZERO_ERROR;
    Collator clone(ucol_clone(original.get(), &status));
    require(status, "clone the collation ru_RU");
    return clone;
  }();
  return mine.get();
}

/// More text than this cannot change the kept bytes: a letter gives at least half a byte to the key's first level.
constexpr std::size_t max_text_bytes = 4 * max_sort_key_bytes;

std::string_view head(std::string_view text) {
  if (text.size() <= max_text_bytes) return text;
  std::size_t end = max_text_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string hexadecimal(const std::uint8_t* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out(2 * size, '0');
  for (std::size_t i = 0; i < size; ++i) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 0x0F];
  }
  return out;
}

}  // namespace

std::string sort_key(std::string_view text) {
  text = head(text);
  std::array<UChar, max_text_bytes> wide;
  int32_t wide_size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8WithSub(wide.data(), static_cast<int32_t>(wide.size()), &wide_size, text.data(),
                       static_cast<int32_t>(text.size()), 0xFFFD, nullptr, &status);
  require(status, "read the text");

  const UCollator* collator = collator_of_thread();
  std::array<std::uint8_t, 1024> small;
  int32_t size = ucol_getSortKey(collator, wide.data(), wide_size, small.data(), static_cast<int32_t>(small.size()));
  if (size <= 0) throw std::runtime_error("ICU cannot make a collation key");
  std::vector<std::uint8_t> large;
  const std::uint8_t* key = small.data();
  if (static_cast<std::size_t>(size) > small.size()) {  // the contents are undefined when the key did not fit
    large.resize(static_cast<std::size_t>(size));
    size = ucol_getSortKey(collator, wide.data(), wide_size, large.data(), size);
    key = large.data();
  }
  const auto without_zero = static_cast<std::size_t>(size) - 1;
  return hexadecimal(key, std::min(without_zero, max_sort_key_bytes));
}

std::string sort_key_version() {
  UVersionInfo version;
  ucol_getVersion(collator_of_thread(), version);
  char numbers[U_MAX_VERSION_STRING_LENGTH];
  u_versionToString(version, numbers);
  return std::string("ru_RU numeric ") + std::to_string(max_sort_key_bytes) + " bytes, collation " + numbers;
}

}  // namespace eschool::text
