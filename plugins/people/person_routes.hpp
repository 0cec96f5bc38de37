/// What is asked about persons beside their records. Every answer is made of what the caller may read.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::people {

/// GET /duplicates?limit=100: pairs of persons that look like one, the likeliest first.
///   {"items":[{"first":{"id","name","birth_date"},"second":{…},"score","reasons":["фамилия",…]}]}
void show_duplicates(plugin::Call&, const plugin::Request&, plugin::Reply&);

/// GET /students/{id}/charts: numbers for the charts of a pupil's card.
///   {"achievements":{"total","years":[{"year":"2026/2027","total","levels":{"school":1,…}}],"results":{…},"kinds":{…}}}
void show_charts(plugin::Call&, const plugin::Request&, plugin::Reply&);

}  // namespace eschool::people
