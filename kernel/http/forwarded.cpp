#include "kernel/http/forwarded.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace eschool::http {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string canonical_address(std::string_view text) {
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

void apply_forwarded(Request& request, std::string_view peer, bool tls, std::span<const std::string> proxies) {
  const auto listed = [&](std::string_view address) {
    return std::find(proxies.begin(), proxies.end(), address) != proxies.end();
  };
  request.remote = peer;
  request.secure = tls;
  if (!listed(peer)) return;

  std::string chain;  // several fields are one list
  for (const auto& [name, value] : request.headers) {
    if (name == "x-forwarded-for") {
      if (!chain.empty()) chain += ',';
      chain += value;
    }
    // The last proxy is ours; what stands before its word came from outside.
    if (name == "x-forwarded-proto") request.secure = tls || trim(value.substr(value.rfind(',') + 1)) == "https";
  }
  std::string_view rest = chain;
  while (!rest.empty()) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view last = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
    const std::string address = canonical_address(trim(last));
    if (address.empty()) return;  // a broken entry: everything left of it is hearsay
    request.remote = address;
    if (!listed(address) || comma == std::string_view::npos) return;
    rest = rest.substr(0, comma);
  }
}

}  // namespace eschool::http
