#include "kernel/http/wire_reply.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include "kernel/http/etag.hpp"
#include "kernel/http/gzip.hpp"

using namespace eschool::http;

namespace {

std::string field(const WireReply& wire, const std::string& name) {
  const std::size_t at = wire.head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t start = at + name.size() + 4;
  return wire.head.substr(start, wire.head.find("\r\n", start) - start);
}

std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

Reply json(std::string body) {
  Reply reply;
  reply.body = std::move(body);
  return reply;
}

const std::string long_body = "{\"x\":\"" + std::string(5000, 'a') + "\"}";

}  // namespace

TEST_CASE("status line, length, fixed headers") {
  const WireReply wire = to_wire(json("{}"), {});
  CHECK(wire.head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(wire.head.ends_with("\r\n\r\n"));
  CHECK(field(wire, "Content-Length") == "2");
  CHECK(field(wire, "Content-Type") == "application/json; charset=utf-8");
  CHECK(field(wire, "Date").ends_with(" GMT"));
  CHECK(field(wire, "X-Content-Type-Options") == "nosniff");
  CHECK(field(wire, "Referrer-Policy") == "same-origin");
  CHECK(field(wire, "Cache-Control") == "no-store");
  CHECK(field(wire, "Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
  CHECK(field(wire, "Strict-Transport-Security").empty());
  CHECK(field(wire, "Connection").empty());
  CHECK(field(wire, "ETag").empty());

  WireContext context;
  context.secure = context.close = true;
  const WireReply secure = to_wire(json("{}"), context);
  CHECK(!field(secure, "Strict-Transport-Security").empty());
  CHECK(field(secure, "Connection") == "close");
}

TEST_CASE("a handler's header replaces the fixed one and cannot split the reply") {
  Reply reply = json("{}");
  reply.headers = {
      {"cache-control", "private, max-age=60"}, {"Content-Length", "999"}, {"Location", "/a\r\nSet-Cookie: evil=1"}};
  const WireReply wire = to_wire(std::move(reply), {});
  CHECK(wire.head.find("no-store") == std::string::npos);
  CHECK(field(wire, "cache-control") == "private, max-age=60");
  CHECK(wire.head.find("999") == std::string::npos);
  CHECK(wire.head.find("\r\nSet-Cookie") == std::string::npos);
}

TEST_CASE("gzip above 1 KiB for those who take it") {
  WireContext context;
  context.gzip = true;
  const WireReply packed = to_wire(json(long_body), context);
  CHECK(field(packed, "Content-Encoding") == "gzip");
  CHECK(field(packed, "Vary") == "Accept-Encoding");
  CHECK(field(packed, "Content-Length") == std::to_string(packed.body.size()));
  CHECK(packed.body.size() < 200);
  CHECK(gunzip(packed.body) == long_body);

  CHECK(field(to_wire(json("{}"), context), "Content-Encoding").empty());
  Reply image = json(long_body);
  image.mime = "image/png";
  CHECK(field(to_wire(std::move(image), context), "Content-Encoding").empty());
  const WireReply plain = to_wire(json(long_body), {});
  CHECK(field(plain, "Content-Encoding").empty());
  CHECK(field(plain, "Vary") == "Accept-Encoding");
  CHECK(plain.body == long_body);
}

TEST_CASE("Accept-Encoding") {
  CHECK(accepts_gzip("gzip"));
  CHECK(accepts_gzip("deflate, gzip;q=0.5, br"));
  CHECK(accepts_gzip("*"));
  CHECK_FALSE(accepts_gzip(""));
  CHECK_FALSE(accepts_gzip("br"));
  CHECK_FALSE(accepts_gzip("gzip;q=0"));
  CHECK_FALSE(accepts_gzip("gzip; q=0.000, *"));
  CHECK(accepts("br", "gzip, deflate, br"));
  CHECK_FALSE(accepts("br", "gzip"));
  CHECK_FALSE(accepts("br", "br;q=0, gzip"));
}

TEST_CASE("ETag and If-None-Match") {
  const auto ask = [](std::string_view if_none_match, bool gzip, std::string_view method = "GET") {
    Reply reply = json(long_body);
    reply.cacheable = true;
    WireContext context;
    context.method = method;
    context.gzip = gzip;
    context.if_none_match = if_none_match;
    return to_wire(std::move(reply), context);
  };
  const std::string plain = field(ask("", false), "ETag");
  const std::string packed = field(ask("", true), "ETag");
  CHECK(plain.size() == 18);
  CHECK(packed != plain);  // strong tags of different bytes
  for (const std::string& tag : {plain, packed, "W/" + plain, "\"x\", " + plain, std::string("*")}) {
    CAPTURE(tag);
    const WireReply wire = ask(tag, true);
    CHECK(wire.head.starts_with("HTTP/1.1 304 "));
    CHECK(wire.body.empty());
    CHECK(field(wire, "Content-Length").empty());
    CHECK(!field(wire, "ETag").empty());
  }
  CHECK(ask("\"0000000000000000\"", false).head.starts_with("HTTP/1.1 200 "));
  CHECK(ask(plain, false, "POST").head.starts_with("HTTP/1.1 200 "));

  Reply own = json("{}");
  own.cacheable = true;
  own.headers = {{"ETag", "\"3\""}};
  WireContext context;
  context.if_none_match = "\"3\"";
  CHECK(to_wire(std::move(own), context).head.starts_with("HTTP/1.1 304 "));
}

TEST_CASE("HEAD and 204 carry no body") {
  WireContext context;
  context.method = "HEAD";
  const WireReply head = to_wire(json("{}"), context);
  CHECK(head.body.empty());
  CHECK(field(head, "Content-Length") == "2");
  Reply none;
  none.status = 204;
  const WireReply empty = to_wire(std::move(none), {});
  CHECK(empty.head.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK(field(empty, "Content-Length").empty());
}

TEST_CASE("the hash tells neighbours apart") {
  std::string bytes(100, 'a');
  const auto first = content_hash(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string other = bytes;
    other[i] = 'b';
    CHECK(content_hash(other) != first);
  }
  CHECK(content_hash(bytes + std::string(1, '\0')) != first);
  CHECK(content_hash("") != content_hash(std::string(1, '\0')));
}
