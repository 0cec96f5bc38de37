/// The words of schema files and of the API for types and sensitivities, and which names may be given.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "schema/model.hpp"

namespace eschool::schema {

/// Columns that every table has. No field may be named so.
inline constexpr std::array<std::string_view, 5> kernel_columns{"id", "version", "archived", "created_at",
                                                                "updated_at"};
bool is_kernel_column(std::string_view name);
/// Member of a record's reply that tells of its child rows. No field may be named so.
inline constexpr std::string_view child_rows_member = "child_rows";

std::string_view type_name(FieldType);  ///< "int", "ref", ...
std::optional<FieldType> type_by_name(std::string_view);

std::string_view sensitivity_name(Sensitivity);  ///< "public", "staff", ...
std::optional<Sensitivity> sensitivity_by_name(std::string_view);

/// Small Latin letters, digits and single underscores inside: "birth_date". At most 40 characters, so that the names
/// of columns and indexes made from it fit 63. "__" is kept for the kernel's own names.
bool is_name(std::string_view);
/// "people.student": two names and a dot, 50 characters at most.
bool is_registry_id(std::string_view);

}  // namespace eschool::schema
