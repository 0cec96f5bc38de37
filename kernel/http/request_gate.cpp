#include "kernel/http/request_gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace eschool::http {
namespace {

constexpr std::array<bool, 256> make_token_characters() {
  std::array<bool, 256> table{};
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr std::array<bool, 256> token_characters = make_token_characters();

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return lower(a) == b; });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
  });
}

// A name or address with an optional port: what stands here chooses the school, so nothing else may pass.
bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == ':' || c == '[' || c == ']';
  });
}

constexpr GateRefusal syntax(std::string_view message) { return {400, "bad_request", message}; }

constexpr std::array<std::string_view, 7> methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

/// Request line without CRLF; nothing refused: status 0.
GateRefusal check_request_line(std::string_view line, const Limits& limits, bool& http10) {
  constexpr GateRefusal fine{0, {}, {}};
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return syntax("Строка запроса записана неверно.");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) return syntax("Метод запроса записан неверно.");
  if (target.size() > limits.target_bytes) return {414, "target_too_long", "Адрес запроса слишком длинный."};
  if (version == "HTTP/1.0") {
    http10 = true;
  } else if (version != "HTTP/1.1") {
    if (version.starts_with("HTTP/") && version.size() == 8) {
      return {505, "version_not_supported", "Сервер понимает HTTP/1.1."};
    }
    return syntax("Версия протокола записана неверно.");
  }
  if (method == "TRACE" || method == "CONNECT") return {405, "method_not_allowed", "Этот метод запрещён."};
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
    return {501, "method_not_implemented", "Такого метода сервер не знает."};
  }
  if (!target.starts_with('/')) return syntax("Адрес запроса должен начинаться с «/».");
  for (const char c : target) {
    if (c <= 0x20 || c == 0x7F || c == '#') {  // char is signed here: bytes from 0x80 are negative
      return syntax("В адресе запроса есть недопустимый знак: всё, кроме ASCII, передаётся в виде %XX.");
    }
  }
  return fine;
}

}  // namespace

std::size_t find_header_end(std::string_view bytes, std::size_t from) {
  for (std::size_t i = bytes.find('\n', from); i != std::string_view::npos; i = bytes.find('\n', i + 1)) {
    if (i == 0 || bytes[i - 1] != '\r') return i + 1;
    if (i == 1 || (i >= 3 && bytes[i - 2] == '\n')) return i + 1;
  }
  return std::string_view::npos;
}

GateRefusal oversized_header(std::string_view bytes, const Limits& limits) {
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  if (end > limits.target_bytes) return {414, "target_too_long", "Адрес запроса слишком длинный."};
  return {431, "headers_too_large", "Заголовки запроса слишком велики."};
}

GateResult check_header_block(std::string_view block, const Limits& limits) {
  if (block.size() > limits.header_bytes) return oversized_header(block, limits);

  GatePass pass;
  bool first_line = true;
  std::size_t fields = 0, hosts = 0, lengths = 0, expectations = 0, codings = 0;
  std::string_view rest = block;
  while (true) {
    const std::size_t lf = rest.find('\n');
    if (lf == std::string_view::npos) return syntax("Заголовки запроса оборваны.");
    if (lf == 0 || rest[lf - 1] != '\r') return syntax("Строки заголовков должны оканчиваться CR LF.");
    const std::string_view line = rest.substr(0, lf - 1);
    rest.remove_prefix(lf + 1);
    if (line.find('\r') != std::string_view::npos) return syntax("Внутри строки заголовка стоит CR.");
    if (first_line) {
      first_line = false;
      const GateRefusal refusal = check_request_line(line, limits, pass.http10);
      if (refusal.status != 0) return refusal;
      continue;
    }
    if (line.empty()) break;

    if (++fields > limits.header_fields) return GateRefusal{431, "too_many_headers", "Слишком много заголовков."};
    if (line.front() == ' ' || line.front() == '\t') return syntax("Перенос строки внутри заголовка не допускается.");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return syntax("В строке заголовка нет двоеточия.");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return syntax("Имя заголовка записано неверно.");
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_field_value(value)) return syntax("В значении заголовка есть управляющий знак.");

    if (same(name, "host")) {
      if (++hosts > 1) return GateRefusal{400, "host_repeated", "Заголовок Host указан дважды."};
      if (!is_host(value)) return GateRefusal{400, "bad_host", "Заголовок Host записан неверно."};
    } else if (same(name, "transfer-encoding")) {
      ++codings;
    } else if (same(name, "content-length")) {
      if (++lengths > 1) return GateRefusal{400, "bad_content_length", "Длина тела указана дважды."};
      const bool digits = !value.empty() && value.size() <= 18 &&
                          std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (!digits) return GateRefusal{400, "bad_content_length", "Длина тела должна быть целым числом."};
      std::from_chars(value.data(), value.data() + value.size(), pass.content_length);
    } else if (same(name, "expect")) {
      if (++expectations > 1 || !same(value, "100-continue")) {
        return GateRefusal{417, "expectation_failed", "Ожидание, указанное в заголовке Expect, не поддерживается."};
      }
      pass.expect_continue = true;
    } else if (same(name, "connection")) {
      if (has_token(value, "close")) pass.close = true;
    }
  }
  if (!rest.empty()) return syntax("После пустой строки заголовков есть лишние байты.");
  if (codings > 0) {
    if (pass.http10) return GateRefusal{400, "bad_request", "В HTTP/1.0 нет Transfer-Encoding."};
    if (lengths > 0) {
      return GateRefusal{400, "bad_request", "Content-Length и Transfer-Encoding указаны вместе."};
    }
    return GateRefusal{411, "length_required", "Тело запроса передаётся только с указанием длины (Content-Length)."};
  }
  if (hosts == 0 && !pass.http10) return GateRefusal{400, "host_required", "Не указан заголовок Host."};
  if (pass.http10) {
    pass.close = true;
    pass.expect_continue = false;
  }
  return pass;
}

bool has_token(std::string_view list, std::string_view lower_case_token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (same(trim(list.substr(0, comma)), lower_case_token)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace eschool::http
