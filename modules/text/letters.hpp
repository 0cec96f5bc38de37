/// What a code point is, as far as Russian school texts ask. Pure functions, safe from any thread.
#pragma once

namespace eschool::text {

/// Any blank: space, NBSP, tab, line end, the typographic spaces.
bool is_space(char32_t code);

/// Has no picture of its own and only spoils comparison: controls, zero-width characters, BOM, soft hyphen,
/// direction overrides, variation selectors. Blanks are not among them.
bool is_invisible(char32_t code);

bool is_letter(char32_t code);
bool is_cyrillic(char32_t code);
bool is_latin(char32_t code);

inline bool is_digit(char32_t code) { return code >= U'0' && code <= U'9'; }

/// Hyphens, dashes and the minus sign, which people type one for another.
bool is_dash(char32_t code);

/// The quotation marks and apostrophes met in Russian texts.
bool is_quote(char32_t code);

/// Simple case mapping of ICU's root locale; ё stays ё.
char32_t to_lower(char32_t code);
char32_t to_upper(char32_t code);

/// The Cyrillic letter that a Latin letter looks like in print (A, B, C, E, H, K, M, O, P, T, X, Y, Ë and a, c, e, k,
/// o, p, x, y, ë), or 0. Small m, t, b, h are not among them: their Cyrillic twins differ.
char32_t cyrillic_twin(char32_t latin);

}  // namespace eschool::text
