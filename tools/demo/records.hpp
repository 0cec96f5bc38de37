/// What has come together about the people of the lyceum: achievements, check-ups, the year's vacations.
#pragma once

#include <vector>

#include "demo/lyceum.hpp"
#include "demo/random.hpp"

namespace eschool::demo {

/// Two pupils of five have some, of the years in which they were here.
std::vector<Achievement> make_achievements(Random&, const Lyceum&);
/// For each employee a certificate of no convictions and the last medical check-up; some have run out.
std::vector<Clearance> make_clearances(Random&, const Lyceum&);
std::vector<Vacation> make_vacations(int year);

}  // namespace eschool::demo
