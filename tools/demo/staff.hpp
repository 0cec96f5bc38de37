/// The employees of the lyceum and the classes that they lead.
#pragma once

#include <vector>

#include "demo/lyceum.hpp"
#include "demo/people.hpp"
#include "demo/random.hpp"

namespace eschool::demo {

/// 85 employees: the director first, then the deputies, then teachers.
std::vector<Employee> make_employees(Random&, PeopleMaker&, int year);

/// Four classes of each grade from 1 to 9, one of 10 and one of 11, each with a teacher and a room of its own; the
/// sizes add up to `pupils`.
std::vector<SchoolClass> make_classes(Random&, const std::vector<Employee>&, const std::vector<Room>&, int pupils);

}  // namespace eschool::demo
