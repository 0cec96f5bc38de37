#include "kernel/http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>

#include "kernel/http/percent.hpp"

namespace eschool::http {
namespace {

namespace beast = boost::beast;

// Writes straight into our Request: Beast's own field container would cost an allocation a field.
class HeaderParser final : public beast::http::basic_parser<true> {
 public:
  explicit HeaderParser(Request& request) : request_(request) {}
  std::string target;

 private:
  using Text = beast::string_view;
  using Error = beast::error_code;

  void on_request_impl(beast::http::verb, Text method, Text raw_target, int, Error&) override {
    request_.method.assign(method.data(), method.size());
    target.assign(raw_target.data(), raw_target.size());
  }
  void on_field_impl(beast::http::field, Text name, Text value, Error&) override {
    auto& field = request_.headers.emplace_back();
    field.first.resize(name.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
      const char c = name[i];
      field.first[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    field.second.assign(value.data(), value.size());
  }
  void on_response_impl(int, Text, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Error&) override {}
  std::size_t on_body_impl(Text text, Error&) override { return text.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text text, Error&) override { return text.size(); }
  void on_finish_impl(Error&) override {}

  Request& request_;
};

}  // namespace

std::shared_ptr<Request> parse_header_block(std::string_view block, const Limits& limits) {
  auto request = std::make_shared<Request>();
  request->headers.reserve(16);
  HeaderParser parser(*request);
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes + 2));
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  parser.skip(true);  // the body is ours: its length comes from the gate
  boost::beast::error_code error;
  const std::size_t taken = parser.put(boost::asio::const_buffer(block.data(), block.size()), error);
  if (error || taken != block.size() || !parser.is_header_done() || parser.chunked()) return nullptr;

  const std::string_view target = parser.target;
  const std::size_t mark = target.find('?');
  auto path = decode_path(target.substr(0, mark));
  if (!path) return nullptr;
  request->path = std::move(*path);
  if (mark != std::string_view::npos) request->query = target.substr(mark + 1);
  return request;
}

}  // namespace eschool::http
