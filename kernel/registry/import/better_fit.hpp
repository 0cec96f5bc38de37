/// Of which registry a file looks to be, when it was given for another. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernel/registry/import/header_names.hpp"
#include "tabular/workbook.hpp"

namespace eschool::importing {

/// The registry whose file this clearly is, rather than one of `chosen`; nullptr when there is none, as for every file
/// that fits. Only those for which `allowed` holds are looked at: whoever asks learns of no other.
///
/// A registry is told by its share: of the headings in its header row (of a sheet of names and values, of the names)
/// those that it knows, fewer than two counting for nothing. Another registry fits clearly better when it knows at
/// least half of the headings and its share is greater by a quarter of them or more. Of several the greatest share
/// wins, then the one that knows more headings, then the one whose sheet's name the file has, then the one that is
/// called so itself («Родители» are in files of guardians and of their bonds).
///
/// `sheet`: the only one to look at; empty: the best of those that are not hidden. `told`: what was assigned by hand
/// for `chosen`, it counts as known there.
const schema::Registry* better_fit(const schema::Catalogue&, const schema::Registry& chosen, const tabular::Workbook&,
                                   const std::string& sheet, const std::vector<ToldHeader>& told,
                                   const std::function<bool(const schema::Registry&)>& allowed);

/// `"suggested":{"registry":…,"label":…}`: what an answer about a file adds.
std::string suggested_member(const schema::Registry&);

}  // namespace eschool::importing
