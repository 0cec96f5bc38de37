#include "kernel/http/tls.hpp"

#include <stdexcept>
#include <string>

namespace eschool::http {

boost::asio::ssl::context make_tls_context(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  namespace ssl = boost::asio::ssl;
  ssl::context context(ssl::context::tls_server);
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");

  boost::system::error_code error;
  context.use_certificate_chain_file(certificate.string(), error);
  if (error) {
    throw std::runtime_error("Сертификат TLS «" + certificate.string() + "» не прочитан: " + error.message());
  }
  context.use_private_key_file(key.string(), ssl::context::pem, error);
  if (error) throw std::runtime_error("Ключ TLS «" + key.string() + "» не прочитан: " + error.message());
  if (SSL_CTX_check_private_key(native) != 1) {
    throw std::runtime_error("Ключ TLS «" + key.string() + "» не подходит к сертификату «" + certificate.string() +
                             "»");
  }
  return context;
}

}  // namespace eschool::http
