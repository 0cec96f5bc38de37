/// The gate that every request passes before the HTTP library's parser sees a byte of it. Beast 1.81 takes two Hosts
/// and obs-fold, and with an unknown Transfer-Encoding it reads a body as the next request; the gate refuses each shape
/// on which two programs in a row could disagree about where a request ends (RFC 9112 §11.2). Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "kernel/http/server.hpp"

namespace eschool::http {

struct GatePass {
  std::uint64_t content_length = 0;
  bool http10 = false;
  bool close = false;            ///< the client asks for it, or speaks HTTP/1.0
  bool expect_continue = false;  ///< waits for "100 Continue" before it sends the body
};

/// The reply is sent and the connection closed: after a refusal nobody knows where the next request begins.
struct GateRefusal {
  int status = 400;
  std::string_view code;     ///< for programs
  std::string_view message;  ///< Russian; a literal
};

using GateResult = std::variant<GatePass, GateRefusal>;

/// The end (one past the last byte) of the header block that begins at `bytes[0]`, or npos while it is not whole.
/// `from`: bytes searched before. A line ended by LF alone ends the block there, so that the gate refuses it at once
/// and nobody waits for the rest.
std::size_t find_header_end(std::string_view bytes, std::size_t from);

/// Judges a header block: request line and fields up to and with the empty line.
GateResult check_header_block(std::string_view block, const Limits& limits);

/// What to answer when the header block outgrew Limits::header_bytes before it was whole: 414 or 431.
GateRefusal oversized_header(std::string_view bytes, const Limits& limits);

/// True for one of the comma-separated tokens of a field's value, letter case aside.
bool has_token(std::string_view list, std::string_view lower_case_token);

}  // namespace eschool::http
