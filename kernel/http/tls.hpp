/// The server's side of TLS.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>

namespace eschool::http {

/// TLS 1.2 and 1.3, forward-secret AEAD suites only, no compression and no renegotiation. Files are PEM; the
/// certificate's file holds its chain too. Throws std::runtime_error, Russian, naming the file.
boost::asio::ssl::context make_tls_context(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace eschool::http
