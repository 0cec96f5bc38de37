/// Whether a person still has a part in the school's life: an employee who was dismissed, a pupil who left.
#pragma once

#include <cstdint>
#include <string>

#include "kernel/storage/session.hpp"
#include "schema/model.hpp"

namespace eschool::school {

/// Whether the person had this facet and has it no more on the day: every record of it is archived or lies behind its
/// last day (Registry::active_until). A person who never had it has not lost it. `today`: ISO.
bool has_ended(storage::Session&, const schema::Registry& facet, std::int64_t person, const std::string& today);

}  // namespace eschool::school
