#include "kernel/http/etag.hpp"

#include <cstring>

namespace eschool::http {
namespace {

__extension__ typedef unsigned __int128 Wide;

// A full product folded in half spreads each input bit over all output bits.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t word(const char* bytes) {
  std::uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// Odd constants without structure: digits of pi and e.
constexpr std::uint64_t seed_a = 0x243f6a8885a308d3u, seed_b = 0x13198a2e03707345u;
constexpr std::uint64_t seed_c = 0xb7e151628aed2a6bu, seed_d = 0xbf7158809cf4f3c7u;

}  // namespace

std::uint64_t content_hash(std::string_view bytes) {
  std::uint64_t left = seed_a ^ bytes.size(), right = seed_b;
  const char* at = bytes.data();
  std::size_t rest = bytes.size();
  while (rest >= 32) {  // two independent lanes keep the multiplier busy
    left = fold(left ^ word(at), seed_c ^ word(at + 8));
    right = fold(right ^ word(at + 16), seed_d ^ word(at + 24));
    at += 32;
    rest -= 32;
  }
  char tail[32] = {};
  if (rest > 0) std::memcpy(tail, at, rest);
  left = fold(left ^ word(tail), seed_c ^ word(tail + 8));
  right = fold(right ^ word(tail + 16), seed_d ^ word(tail + 24));
  return fold(left ^ seed_b, right ^ seed_a) ^ left;
}

std::string etag_of(std::string_view bytes) {
  constexpr char hex[] = "0123456789abcdef";
  std::uint64_t hash = content_hash(bytes);
  std::string tag(18, '"');
  for (std::size_t i = 16; i > 0; --i, hash >>= 4) tag[i] = hex[hash & 15];
  return tag;
}

bool etag_matches(std::string_view list, std::string_view etag) {
  if (etag.size() < 2) return false;
  const std::string_view wanted = etag.substr(1, etag.size() - 2);
  while (!list.empty()) {
    const std::size_t start = list.find_first_not_of(" \t,");
    if (start == std::string_view::npos) return false;
    list.remove_prefix(start);
    if (list.starts_with('*')) return true;
    if (list.starts_with("W/")) list.remove_prefix(2);
    if (!list.starts_with('"')) return false;
    const std::size_t end = list.find('"', 1);
    if (end == std::string_view::npos) return false;
    std::string_view tag = list.substr(1, end - 1);
    if (tag == wanted) return true;
    if (tag.ends_with("-g")) tag.remove_suffix(2);
    if (tag == wanted) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace eschool::http
