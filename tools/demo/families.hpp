/// Pupils and those who stand for them.
#pragma once

#include "demo/lyceum.hpp"
#include "demo/people.hpp"
#include "demo/random.hpp"

namespace eschool::demo {

/// Fills the classes of the lyceum, siblings among them, and gives every pupil a parent: mostly two, some a mother
/// alone, a few a guardian; some parents work here. Then grandmothers, until there are so many parents.
/// Throws std::logic_error when fewer are asked for than the pupils need.
void make_families(Random&, PeopleMaker&, Lyceum&, std::size_t parents);
/// A mother of two was entered anew with her second child, by somebody who slipped in her surname and knew no СНИЛС.
void enter_twice(Lyceum&);

}  // namespace eschool::demo
