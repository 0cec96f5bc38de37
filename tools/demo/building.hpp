/// The rooms of the lyceum: a main building and one of the primary school.
#pragma once

#include <vector>

#include "demo/lyceum.hpp"
#include "demo/random.hpp"

namespace eschool::demo {

inline constexpr auto main_building = "Главный корпус";
inline constexpr auto primary_building = "Корпус начальной школы";

/// 62 rooms: 15 with a purpose of their own, 29 classrooms, and 18 for the primary school.
std::vector<Room> make_rooms(Random&);

}  // namespace eschool::demo
