/// A plugin whose jobs write, fail or wait, beside the product's own ones.
#pragma once

#include "installation.hpp"

namespace eschool::test {

/// Gives an installation that has no school yet the plugin `worker`, and administrators the right to run its jobs.
/// `more`: lines for eschool.info.
void add_worker_plugin(Installation&, const std::string& more = {});

}  // namespace eschool::test
