// A request's head: the gate, Beast's parser behind it, and what reads the fields afterwards.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "kernel/http/etag.hpp"
#include "kernel/http/forwarded.hpp"
#include "kernel/http/gzip.hpp"
#include "kernel/http/percent.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/http/query.hpp"
#include "kernel/http/request_gate.hpp"
#include "kernel/http/request_parser.hpp"
#include "oracle.hpp"

using namespace eschool::http;
using eschool::fuzz::expect;

namespace {

/// The head as a naive reader sees it: cut at CR LF, at the first colon. What the gate lets through must be so plain
/// that this reading and Beast's are the same.
struct NaiveHead {
  std::string request_line;
  std::vector<std::pair<std::string, std::string>> fields;
};

NaiveHead read_naively(std::string_view block) {
  NaiveHead head;
  bool first = true;
  while (!block.empty()) {
    const auto end = block.find("\r\n");
    expect(end != std::string_view::npos, "each line of a head that passed ends in CR LF", block);
    std::string line(block.substr(0, end));
    block.remove_prefix(end + 2);
    expect(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "no bare CR, LF or NUL passes",
           line);
    if (first) {
      head.request_line = line;
      first = false;
      continue;
    }
    if (line.empty()) break;
    const auto colon = line.find(':');
    expect(colon != std::string::npos && colon > 0, "a field has a name", line);
    std::string name = line.substr(0, colon);
    expect(name.find_first_of(" \t") == std::string::npos, "no space in or after a field's name, no folded line", line);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    const auto last = line.find_last_not_of(" \t");
    head.fields.emplace_back(name, begin == std::string::npos ? "" : line.substr(begin, last - begin + 1));
  }
  expect(block.empty(), "nothing follows the empty line", block);
  return head;
}

std::vector<std::string> values(const NaiveHead& head, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [key, value] : head.fields)
    if (key == name) found.push_back(value);
  return found;
}

void check_passed(std::string_view block, const GatePass& pass) {
  const auto head = read_naively(block);
  const auto hosts = values(head, "host"), lengths = values(head, "content-length");
  expect(hosts.size() <= 1 && (pass.http10 || hosts.size() == 1), "one Host passes", block);
  expect(lengths.size() <= 1, "one Content-Length passes", block);
  expect(values(head, "transfer-encoding").empty(), "no Transfer-Encoding passes", block);
  expect(pass.content_length == (lengths.empty() ? 0 : std::stoull(lengths[0])), "the length is what is written",
         block);

  const auto request = parse_header_block(block, Limits{});
  if (!request) return;
  expect(head.request_line.starts_with(request->method + " /"), "the method is the one written", block);
  // Equal field by field: Beast trims and splits as a naive reader does.
  expect(request->headers == head.fields, "the parser reads the fields that the gate judged", block);
  const auto& path = request->path;
  expect(path.starts_with('/') && valid_utf8(path) && path.find('\0') == std::string::npos, "a path is plain", path);
  expect((path + "/").find("/../") == std::string::npos && (path + "/").find("/./") == std::string::npos,
         "no segment leads upwards", path);
  expect(path.find('\\') == std::string::npos, "no backslash in a path", path);
  try {
    const Query query(request->query);
    for (const auto& [key, value] : query.items())
      expect(valid_utf8(key) && valid_utf8(value) && value.find('\0') == std::string::npos, "a query is plain", value);
  } catch (const ProblemError& error) {
    expect(error.problem.status == 400, "a broken query is the client's fault", request->query);
  }

  const std::array<std::string, 1> proxies{"127.0.0.1"};
  apply_forwarded(*request, "127.0.0.1", false, proxies);
  expect(!request->remote.empty() && canonical_address(request->remote) == request->remote,
         "the client's address is an address", request->remote);
  accepts_gzip(request->header("accept-encoding"));
  etag_matches(request->header("if-none-match"), "\"0123456789abcdef\"");
  request->cookie("eschool_session");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = eschool::fuzz::text_of(data, size);
  const Limits limits;
  const auto end = find_header_end(bytes, 0);
  // However the bytes come, the head ends at the same place.
  for (std::size_t have = 0, searched = 0; have < std::min<std::size_t>(size, 512); searched = have) {
    have = std::min(size, have + 1 + have % 7);
    const auto found = find_header_end(bytes.substr(0, have), searched);
    expect(found == (have < end ? std::string_view::npos : end), "the end does not depend on how the bytes come",
           bytes);
    if (found != std::string_view::npos) break;
  }
  const auto block = bytes.substr(0, end);
  const auto result = check_header_block(block, limits);
  if (const auto* refusal = std::get_if<GateRefusal>(&result)) {
    expect(refusal->status >= 400 && refusal->status <= 505 && !refusal->code.empty() && !refusal->message.empty(),
           "a refusal says why", block);
    return 0;
  }
  check_passed(block, std::get<GatePass>(result));
  return 0;
}
