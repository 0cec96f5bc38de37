/// Lesson plans of a few teachers, with a topic for each lesson of the year.
#pragma once

#include "demo/lyceum.hpp"

namespace eschool::demo {

/// For the lyceum whose employees and vacations are made already.
std::vector<LessonPlan> make_lesson_plans(const Lyceum&);

}  // namespace eschool::demo
