#include "kernel/audit/head_document.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace eschool::audit {

namespace json = boost::json;

namespace {

constexpr std::string_view format = "eschool-history-head-1";

void start_sodium() {
  static const int ready = ::sodium_init();
  if (ready < 0) throw std::runtime_error("libsodium does not start");
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string text(2 * size + 1, '\0');
  ::sodium_bin2hex(text.data(), text.size(), bytes, size);
  text.pop_back();
  return text;
}

template <std::size_t size>
std::optional<std::array<unsigned char, size>> bytes_of(std::string_view text) {
  std::array<unsigned char, size> bytes{};
  std::size_t length = 0;
  if (text.size() != 2 * size ||
      ::sodium_hex2bin(bytes.data(), size, text.data(), text.size(), nullptr, &length, nullptr) != 0 || length != size)
    return {};
  return bytes;
}

/// What is signed: each part with its length, so that no text can be moved from one to the next.
std::string signed_text(const HeadDocument& document) {
  std::string text;
  for (const auto& part : {std::string(format), document.school, std::to_string(document.head.seq), document.head.hash,
                           std::to_string(document.count), document.at, document.public_key})
    text += std::to_string(part.size()) + ':' + part;
  return text;
}

void write_new(const std::filesystem::path& file, const std::string& text, mode_t mode) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) throw std::runtime_error(file.string() + ": " + std::strerror(errno));
  const bool whole = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool safe = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!whole || !safe) throw std::runtime_error(file.string() + " не записан");
}

json::object object_of(std::string_view text, const char* what) {
  json::error_code failure;
  auto value = json::parse(json::string_view(text.data(), text.size()), failure);
  if (failure || !value.is_object()) throw std::runtime_error(std::string(what) + ": файл не разобран");
  return std::move(value.get_object());
}

std::string member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
  if (!value || !value->is_int64()) throw std::runtime_error("в файле нет числа " + std::string(name));
  return value->get_int64();
}

}  // namespace

KeyPair new_key() {
  start_sodium();
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  ::crypto_sign_keypair(open.data(), secret.data());
  return {hex(open.data(), open.size()), hex(secret.data(), secret.size())};
}

void save_key(const KeyPair& key, const std::filesystem::path& file) {
  write_new(file, json::serialize(json::object{{"public", key.public_key}, {"secret", key.secret_key}}) + "\n", 0600);
  write_new(file.string() + ".pub", json::serialize(json::object{{"public", key.public_key}}) + "\n", 0644);
}

KeyPair load_key(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("ключ " + file.string() + " не открывается");
  const auto object = object_of(std::string(std::istreambuf_iterator<char>(stream), {}), "ключ");
  KeyPair key{member(object, "public"), member(object, "secret")};
  if (!bytes_of<crypto_sign_PUBLICKEYBYTES>(key.public_key) ||
      (!key.secret_key.empty() && !bytes_of<crypto_sign_SECRETKEYBYTES>(key.secret_key)))
    throw std::runtime_error("ключ " + file.string() + " испорчен");
  return key;
}

void sign(HeadDocument& document, const KeyPair& key) {
  start_sodium();
  const auto secret = bytes_of<crypto_sign_SECRETKEYBYTES>(key.secret_key);
  if (!secret) throw std::runtime_error("это открытый ключ: подписывают тайным");
  document.public_key = key.public_key;
  const auto text = signed_text(document);
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  ::crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                         secret->data());
  document.signature = hex(signature.data(), signature.size());
}

std::optional<std::string> signature_fault(const HeadDocument& document, const std::optional<KeyPair>& expected) {
  start_sodium();
  if (document.signature.empty()) return "файл не подписан";
  if (expected && document.public_key != expected->public_key) return "файл подписан другим ключом";
  const auto open = bytes_of<crypto_sign_PUBLICKEYBYTES>(document.public_key);
  const auto signature = bytes_of<crypto_sign_BYTES>(document.signature);
  const auto text = signed_text(document);
  if (!open || !signature ||
      ::crypto_sign_verify_detached(signature->data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                    open->data()) != 0)
    return "подпись не от этого содержания: файл изменён";
  return {};
}

std::string to_json(const HeadDocument& document) {
  json::object object{{"format", format},           {"school", document.school}, {"seq", document.head.seq},
                      {"hash", document.head.hash}, {"count", document.count},   {"at", document.at}};
  if (!document.signature.empty()) {
    object["public_key"] = document.public_key;
    object["signature"] = document.signature;
  }
  return json::serialize(object) + "\n";
}

HeadDocument parse_head_document(std::string_view text) {
  const auto object = object_of(text, "вершина истории");
  if (member(object, "format") != format) throw std::runtime_error("это не вершина истории «Электронной школы»");
  HeadDocument document{member(object, "school"),     {number(object, "seq"), member(object, "hash")},
                        number(object, "count"),      member(object, "at"),
                        member(object, "public_key"), member(object, "signature")};
  if (document.head.hash.size() != 64) throw std::runtime_error("в файле нет подписи последней записи истории");
  return document;
}

}  // namespace eschool::audit
