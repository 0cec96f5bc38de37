#include "kernel/http/gzip.hpp"

#include <zlib.h>

#include <new>

namespace eschool::http {
namespace {

struct Deflater {
  z_stream stream{};
  Deflater() {
    constexpr int gzip_window = 15 + 16;
    if (deflateInit2(&stream, 1, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "q=0", "q=0.0", "q=0.000": not wanted.
bool refused(std::string_view parameters) {
  const std::size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const std::string_view value = trim(parameters.substr(q + 2));
  return value.starts_with('0') && value.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts(std::string_view coding, std::string_view list) {
  bool star = false;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const std::size_t semicolon = item.find(';');
    const std::string_view named = trim(item.substr(0, semicolon));
    const bool wanted = semicolon == std::string_view::npos || !refused(item.substr(semicolon + 1));
    if (named == coding || (coding == "gzip" && (named == "x-gzip" || named == "GZIP"))) return wanted;
    if (named == "*") star = wanted;
  }
  return star;
}

bool compressible(std::string_view mime) {
  mime = trim(mime.substr(0, mime.find(';')));
  return mime.starts_with("text/") || mime == "application/json" || mime.ends_with("+json") ||
         mime == "application/javascript" || mime == "application/xml" || mime.ends_with("+xml") ||
         mime == "application/x-ndjson";
}

std::string gzip(std::string_view bytes) {
  // Kept by thread: setting up 256 KiB of state for each reply would cost as much as compressing it.
  thread_local Deflater deflater;
  z_stream& stream = deflater.stream;
  deflateReset(&stream);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::bad_alloc();
  out.resize(out.size() - stream.avail_out);
  return out;
}

}  // namespace eschool::http
