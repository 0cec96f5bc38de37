#include "kernel/http/static_files.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "kernel/http/etag.hpp"
#include "kernel/http/gzip.hpp"

namespace eschool::http {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view page = "/index.html";
constexpr std::size_t hash_length = 8;

// Nothing from elsewhere, nothing written into the page, nobody's frame; the policies of trusted types are that of the
// library that renders and that of the guides, whose texts are taken apart and never put in as they come.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types lit-html es-guide";

std::string mime_of(const fs::path& file) {
  static const std::map<std::string, std::string, std::less<>> known{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".woff2", "font/woff2"},
      {".webmanifest", "application/manifest+json"},
  };
  const auto found = known.find(file.extension().string());
  return found == known.end() ? "application/octet-stream" : found->second;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return bytes;
}

/// "main-4F1C22AB": what follows the last hyphen is a hash of the content.
bool named_by_hash(const fs::path& file) {
  const auto stem = file.stem().string();
  const auto hyphen = stem.rfind('-');
  return hyphen != std::string::npos && stem.size() - hyphen - 1 == hash_length &&
         std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(hyphen) + 1, stem.end(),
                     [](unsigned char c) { return std::isupper(c) || std::isdigit(c); });
}

}  // namespace

StaticFiles::StaticFiles(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto& path = entry.path();
    if (!entry.is_regular_file() || path.extension() == ".gz" || path.extension() == ".br") continue;
    File file;
    file.mime = mime_of(path);
    file.bytes = bytes_of(path);
    file.etag = etag_of(file.bytes);
    file.for_ever = named_by_hash(path);
    if (const fs::path packed = path.string() + ".br"; fs::exists(packed)) file.brotli = bytes_of(packed);
    if (const fs::path packed = path.string() + ".gz"; fs::exists(packed)) file.gzip = bytes_of(packed);
    files_.emplace("/" + fs::relative(path, folder).generic_string(), std::move(file));
  }
  if (!files_.contains(page)) throw std::runtime_error("no index.html in " + folder.string());
}

std::string StaticFiles::add_module(const fs::path& folder, const std::string& prefix) {
  std::map<std::string, File> found;
  std::string everything;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    File file;
    file.mime = mime_of(entry.path());
    file.bytes = bytes_of(entry.path());
    file.etag = etag_of(file.bytes);
    file.for_ever = true;
    found.emplace(fs::relative(entry.path(), folder).generic_string(), std::move(file));
  }
  for (const auto& [name, file] : found) everything += name + '\n' + file.etag;
  std::string hash;
  for (const char c : etag_of(everything))
    if (std::isalnum(static_cast<unsigned char>(c))) hash += c;
  const auto address = prefix + "/" + hash.substr(0, 2 * hash_length);
  for (auto& [name, file] : found) files_.emplace(address + "/" + name, std::move(file));
  return address;
}

Reply StaticFiles::reply(const File& file, const Request& request) const {
  Reply reply;
  reply.mime = file.mime;
  reply.cacheable = true;
  auto& headers = reply.headers;
  headers.emplace_back("Cache-Control", file.for_ever ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.mime.starts_with("text/html")) headers.emplace_back("Content-Security-Policy", policy);
  const auto coding = request.header("accept-encoding");
  const auto packed = [&](const std::string& bytes, const char* name, const char* mark) {
    reply.body = bytes;
    auto etag = file.etag;
    etag.insert(etag.size() - 1, mark);  // the forms differ in bytes
    headers.emplace_back("ETag", std::move(etag));
    headers.emplace_back("Content-Encoding", name);
  };
  if (!file.brotli.empty() && accepts("br", coding)) {
    packed(file.brotli, "br", "-b");
  } else if (!file.gzip.empty() && accepts("gzip", coding)) {
    packed(file.gzip, "gzip", "-g");
  } else {
    reply.body = file.bytes;
    headers.emplace_back("ETag", file.etag);
  }
  if (!file.gzip.empty() || !file.brotli.empty()) headers.emplace_back("Vary", "Accept-Encoding");
  return reply;
}

std::optional<Reply> StaticFiles::answer(const Request& request, std::string_view path) const {
  if (empty() || (request.method != "GET" && request.method != "HEAD") || path.starts_with("/api/")) return {};
  if (const auto found = files_.find(path); found != files_.end() && path != page) return reply(found->second, request);
  // The school's own address is its page for everybody; of other addresses a program is told that there is nothing.
  const bool page_wanted = path == "/" || request.header("accept").find("text/html") != std::string_view::npos;
  if (path.starts_with("/ui/") || path.starts_with("/p/") || !page_wanted) return {};
  const auto shell = files_.find(page);
  return shell == files_.end() ? std::optional<Reply>() : reply(shell->second, request);
}

}  // namespace eschool::http
