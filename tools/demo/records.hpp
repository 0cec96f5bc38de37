/// What has come together about the people of the lyceum: achievements, check-ups; how the year and the day go.
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
/// Eight lessons of 40 minutes from eight o'clock on.
std::vector<Bell> make_bells();
/// Quarters for grades 1–9, halves for 10–11, with the vacations between them.
std::vector<PeriodPlan> make_period_plans(int year);
/// The halves in which the classes from the fifth on learn English, in the order of the class's list.
std::vector<Subgroup> make_subgroups(const Lyceum&);
/// The computer and the projector of each classroom, bought in the years before.
std::vector<Asset> make_assets(const std::vector<Room>&, int year);

}  // namespace eschool::demo
