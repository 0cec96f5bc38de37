#include "kernel/http/wire_reply.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <cstdio>
#include <ctime>

#include "kernel/http/etag.hpp"
#include "kernel/http/gzip.hpp"
#include "kernel/http/json_text.hpp"

namespace eschool::http {
namespace {

constexpr std::size_t gzip_from = 1024;  // below it the reply fits one packet anyhow

// Formatting the date costs more than the rest of the head; within a second it does not change.
std::string_view date_now() {
  thread_local std::time_t second = 0;
  thread_local std::array<char, 40> text{};
  thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    // strftime's names depend on the locale, HTTP's do not.
    std::array<char, 40> form{};
    std::snprintf(form.data(), form.size(), "%s, %%d %s %%Y %%H:%%M:%%S GMT",
                  days[static_cast<std::size_t>(utc.tm_wday)], months[static_cast<std::size_t>(utc.tm_mon)]);
    size = std::strftime(text.data(), text.size(), form.data(), &utc);
    second = now;
  }
  return {text.data(), size};
}

bool same_name(std::string_view name, std::string_view lower_case) {
  return name.size() == lower_case.size() &&
         std::equal(name.begin(), name.end(), lower_case.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
         });
}

void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
}

struct Fixed {
  std::string_view lower_case;
  std::string_view line;
};

constexpr std::array<Fixed, 4> fixed = {{
    {"x-content-type-options", "X-Content-Type-Options: nosniff\r\n"},
    {"referrer-policy", "Referrer-Policy: same-origin\r\n"},
    {"cache-control", "Cache-Control: no-store\r\n"},
    {"content-security-policy", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"},
}};

}  // namespace

WireReply to_wire(Reply&& reply, const WireContext& context) {
  const bool get = context.method == "GET" || context.method == "HEAD";
  std::string_view own_etag, own_vary;
  bool own_encoding = false;
  std::array<bool, fixed.size()> replaced{};
  for (const auto& [name, value] : reply.headers) {
    if (same_name(name, "etag")) own_etag = value;
    if (same_name(name, "vary")) own_vary = value;
    if (same_name(name, "content-encoding")) own_encoding = true;
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      if (same_name(name, fixed[i].lower_case)) replaced[i] = true;
    }
  }

  WireReply wire;
  wire.stream = std::move(reply.stream);
  wire.close = context.close || wire.stream;  // the end of the connection is the end of the events
  const bool may_compress = !own_encoding && compressible(reply.mime) && reply.body.size() > gzip_from;
  std::string etag;
  if (reply.cacheable && reply.status == 200 && get) {
    etag = own_etag.empty() ? etag_of(reply.body) : std::string(own_etag);
    if (!context.if_none_match.empty() && etag_matches(context.if_none_match, etag)) reply.status = 304;
  }
  const bool empty = reply.status == 204 || reply.status == 304;
  bool compressed = false;
  if (!empty && may_compress && context.gzip) {
    reply.body = gzip(reply.body);
    compressed = true;
    // The two forms differ in bytes, so a strong tag must differ too.
    if (!etag.empty() && own_etag.empty()) etag.insert(etag.size() - 1, "-g");
  }

  std::string& head = wire.head;
  head.reserve(512);
  head += "HTTP/1.1 ";
  json::append_int(head, reply.status);
  head += ' ';
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(reply.status));
  head.append(reason.data(), reason.size());
  head += "\r\nDate: ";
  head += date_now();
  head += "\r\n";
  if (!empty) {
    if (!reply.mime.empty()) {
      head += "Content-Type: ";
      append_clean(head, reply.mime);
      head += "\r\n";
    }
    if (!wire.stream) {
      head += "Content-Length: ";
      json::append_int(head, static_cast<std::int64_t>(reply.body.size()));
      head += "\r\n";
    }
  }
  if (compressed) head += "Content-Encoding: gzip\r\n";
  if (may_compress) {
    head += "Vary: Accept-Encoding";
    if (!own_vary.empty()) {
      head += ", ";
      append_clean(head, own_vary);
    }
    head += "\r\n";
  }
  if (!etag.empty() && own_etag.empty()) {
    head += "ETag: ";
    head += etag;
    head += "\r\n";
  }
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    if (!replaced[i]) head += fixed[i].line;
  }
  if (context.secure) head += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
  for (const auto& [name, value] : reply.headers) {
    if (same_name(name, "content-length") || same_name(name, "transfer-encoding") || same_name(name, "connection") ||
        same_name(name, "date") || (may_compress && same_name(name, "vary"))) {
      continue;
    }
    append_clean(head, name);
    head += ": ";
    append_clean(head, value);
    head += "\r\n";
  }
  if (context.close) head += "Connection: close\r\n";
  head += "\r\n";
  if (!empty && context.method != "HEAD") wire.body = std::move(reply.body);
  return wire;
}

}  // namespace eschool::http
