/// The chain's head as a document for the school's archive, signed if it has a key (Ed25519).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/audit/history.hpp"

namespace eschool::audit {

struct KeyPair {
  std::string public_key;  ///< 32 bytes, hexadecimal
  std::string secret_key;  ///< 64 bytes, hexadecimal; empty where only signatures are checked
};

KeyPair new_key();
/// Writes the pair to `file`, which must not be there yet, for this user alone, and the public half to `<file>.pub`.
/// Throws std::runtime_error.
void save_key(const KeyPair&, const std::filesystem::path& file);
/// Either of the two files. Throws std::runtime_error.
KeyPair load_key(const std::filesystem::path& file);

struct HeadDocument {
  std::string school;
  Head head;
  std::int64_t count = 0;  ///< entries of the chain up to the head
  std::string at;          ///< when it was made, UTC
  std::string public_key;  ///< empty: not signed
  std::string signature;   ///< 64 bytes, hexadecimal, of everything above
};

/// Throws std::runtime_error when the key has no secret half.
void sign(HeadDocument&, const KeyPair&);
/// What is wrong with the signature, in Russian; nothing when it is right. With a key it must be that key's.
std::optional<std::string> signature_fault(const HeadDocument&, const std::optional<KeyPair>& expected = {});

std::string to_json(const HeadDocument&);
/// Throws std::runtime_error.
HeadDocument parse_head_document(std::string_view json);

}  // namespace eschool::audit
