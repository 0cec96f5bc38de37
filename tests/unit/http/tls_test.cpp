#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "toy_server.hpp"

using namespace eschool::http;
using namespace eschool::http::test;

namespace {

/// A self-signed certificate and its key in a folder of their own.
struct Credentials {
  std::filesystem::path folder;
  Credentials() {
    std::string name = (std::filesystem::temp_directory_path() / "eschool-tls-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate, subject);
    REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
    std::FILE* file = std::fopen(certificate_path().c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_path().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Credentials() { std::filesystem::remove_all(folder); }
  std::filesystem::path certificate_path() const { return folder / "cert.pem"; }
  std::filesystem::path key_path() const { return folder / "key.pem"; }
};

class TlsClient {
 public:
  TlsClient(std::uint16_t port, int version) : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    // Below the library's default security level old versions are not even offered.
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    bio_.reset(BIO_new_ssl_connect(context_.get()));
    BIO_set_conn_hostname(bio_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  }
  bool connect() { return BIO_do_connect(bio_.get()) == 1 && BIO_do_handshake(bio_.get()) == 1; }
  void send(const std::string& bytes) {
    REQUIRE(BIO_write(bio_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
  }
  std::string receive_all() {
    std::string out;
    char chunk[16384];
    for (int got; (got = BIO_read(bio_.get(), chunk, sizeof chunk)) > 0;)
      out.append(chunk, static_cast<std::size_t>(got));
    return out;
  }
  /// True when the server said goodbye (close_notify) instead of just hanging up.
  bool ended_properly() {
    SSL* ssl = nullptr;
    BIO_get_ssl(bio_.get(), &ssl);
    return (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<BIO, decltype(&BIO_free_all)> bio_{nullptr, &BIO_free_all};
};

}  // namespace

TEST_CASE("requests over TLS 1.2 and 1.3, never below") {
  const Credentials credentials;
  ServerOptions options;
  options.tls_certificate = credentials.certificate_path();
  options.tls_key = credentials.key_path();
  ToyServer server(options);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server->port(), version);
    REQUIRE(client.connect());
    client.send(
        "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecond"
        "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string all = client.receive_all();
    CHECK(all.find("X-Secure: 1") != std::string::npos);
    CHECK(all.find("Strict-Transport-Security: max-age=31536000; includeSubDomains") != std::string::npos);
    CHECK(all.find("\r\n\r\nsecondHTTP/1.1 200") != std::string::npos);
    CHECK(all.ends_with("111]"));
    CHECK(client.ended_properly());
  }
  TlsClient old(server->port(), TLS1_1_VERSION);
  CHECK_FALSE(old.connect());
  CHECK(server->figures().requests == 6);
}

TEST_CASE("a key that is not the certificate's is refused at the start") {
  const Credentials one, other;
  ServerOptions options;
  options.port = 0;
  options.tls_certificate = one.certificate_path();
  options.tls_key = other.key_path();
  Server server(options, [](auto, Send) {});
  CHECK_THROWS_AS(server.start(), std::runtime_error);
}
