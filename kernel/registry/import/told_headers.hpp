/// Which column of a school's own files means what, as a person once said: asked once, known in the next import.
#pragma once

#include <string_view>
#include <vector>

#include "kernel/registry/import/header_names.hpp"
#include "kernel/storage/session.hpp"

namespace eschool::importing {

/// Makes es_import_header where it is missing. Inside a write body.
void create_header_table(storage::Session&);

std::vector<ToldHeader> remembered_headers(storage::Session&, std::string_view registry);
/// A header told again has its last meaning. Inside a write body.
void remember_headers(storage::Session&, std::string_view registry, const std::vector<ToldHeader>&);

}  // namespace eschool::importing
