/// Words inside searched texts. A text is found by its beginning through the index of its key column; for the words
/// that begin inside it each table with searched texts has a table beside it, es_words_<table> (field, word, record),
/// written in the transaction that writes the row. Of most names it holds nothing: they are one word.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "kernel/registry/record_writer.hpp"

namespace eschool::registry {

/// Whether the field holds telephone numbers: they are looked for as a whole and not by words.
bool is_phone(const schema::Field&);
/// Whether the registry has own texts to search in, and with them a table of words.
bool has_words(const schema::Registry&);
std::string words_table(const schema::Registry&);

/// Makes the tables of words, and fills anew those of registries whose searched fields are others than before; not of
/// those `waiting` for a change that the administrator has to ask for. On the writer's thread; throws storage::Error.
void refresh_words(storage::Session&, const schema::Catalogue&, const std::set<std::string>& waiting);

/// The words of a row that was written: of all its searched fields when `changed` is null and the row is new, else of
/// those named. Nothing of what stood there before stays.
void write_words(storage::Session&, const schema::Registry& table, std::int64_t id, const Values&,
                 const std::vector<std::string>* changed);

}  // namespace eschool::registry
