/// The value by which text is sorted, the same in SQLite and PostgreSQL because both compare it as plain bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eschool::text {

/// Bytes of a collation key that are kept; its hexadecimal text is twice as long.
inline constexpr std::size_t max_sort_key_bytes = 128;

/// The text as a `…_sort` column holds it: the ICU collation key of ru_RU as upper-case hexadecimal. Cyrillic stands
/// before Latin, ё with е («Евсеева», «Ёлкина», «Жукова»), case counts last, and numbers inside go by value («5А»
/// before «10А»). Expects text cleaned by clean(). Texts that agree in about their first hundred letters may get equal
/// keys. Safe from any thread: each keeps a collator of its own. Throws std::runtime_error when ICU has no collation
/// data.
std::string sort_key(std::string_view text);

/// Names the collation by which sort_key() works. Keys of different versions must not be mixed: a database remembers
/// the version and rebuilds its keys when it changes (an upgrade of ICU).
std::string sort_key_version();

}  // namespace eschool::text
