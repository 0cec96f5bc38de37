/// Importing over HTTP as a browser does it: the file in the body, then the job until it ends. Failing is the test's
/// failure.
#pragma once

#include <string>

#include "installation.hpp"

namespace eschool::test {

/// The content of a file.
std::string bytes_of(const std::string& path);

/// Follows a job to its end; answers it as /api/v1/jobs shows it, `done` or `failed`.
boost::json::value finished(const Client& client, const Response& started);

/// The result of an import that came to its end. `options` is a query such as "?dry_run=1".
boost::json::value import_by_http(const Client& client, const std::string& registry, const std::string& bytes,
                                  const std::string& options = {});

/// The problem of an import that did not begin or did not come to its end.
boost::json::value refused_by_http(const Client& client, const std::string& registry, const std::string& bytes,
                                   const std::string& options = {});

/// How many entries the history has; its chain of hashes is checked on the way.
std::int64_t history_entries(const Installation& installation);

}  // namespace eschool::test
