/// Lists of child rows in the body of a record: what they leave out, and whether the caller has seen what goes.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernel/api/context.hpp"

namespace eschool::api {

struct ChildList {
  const schema::Field* field = nullptr;
  const boost::json::array* rows = nullptr;  ///< objects only
  std::vector<std::int64_t> named;           ///< the number of each of them; 0 for a new one
  std::vector<std::int64_t> left_out;        ///< rows of the record that the caller reads and does not name
};
using ChildLists = std::vector<ChildList>;

/// By list, the state that the caller has read: "child_rows" of a record's reply, sent back.
using SeenLists = std::map<std::string, std::string, std::less<>>;

/// {"topics":{"state":"…"}}; what is not so is added to the errors.
SeenLists seen_lists(const boost::json::value&, std::vector<http::FieldError>&);

/// The list of a body with the numbers of its rows; what is no row, or no number, is added to the errors.
ChildList named_rows(const schema::Field&, const boost::json::array& rows, std::vector<http::FieldError>&);

/// The record that the rows of the field refer to: those of a facet's base belong to the base's record.
std::int64_t parent_of(const Context&, const schema::Registry&, std::int64_t record, const schema::Field&);

/// Finds what the lists leave out of a record that is there. Throws 422 for a list too long to be written as a whole.
/// Answers a problem when rows would be lost unseen: 412 when the caller saw another state of a list, 428 when he gives
/// a version, which says nothing of the rows, and leaves out some without their state.
std::optional<http::ProblemError> compare_lists(const Context&, const schema::Registry&, std::int64_t record,
                                                ChildLists&, const SeenLists&, std::optional<std::int64_t> version);

}  // namespace eschool::api
