/// Which column of a school's own files means what, as a person once said: asked once, known in the next import.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernel/registry/import/header_names.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::importing {

/// Makes es_import_header and es_import_own_header where they are missing. Inside a write body.
void create_header_tables(storage::Session&);

/// What was said of files of the registry, that of the account itself last.
std::vector<ToldHeader> remembered_headers(storage::Session&, std::string_view registry, std::int64_t account);
/// A header told again has its last meaning. Inside a write body. `for_all`: the account loads files for the whole
/// school, so that what it says holds for everybody; that a column is left out holds for the account alone in any case,
/// lest what others have written there be dropped.
void remember_headers(storage::Session&, std::string_view registry, std::int64_t account, bool for_all,
                      const std::vector<ToldHeader>&);

}  // namespace eschool::importing
