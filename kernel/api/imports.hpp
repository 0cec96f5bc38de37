/// Files into registries and out of them.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/registry/import/importer.hpp"

namespace eschool::api {

/// POST /api/v1/records/{registry}/import?dry_run=1&accept=valid, the file as the body -> 202 {job}
void import_file(std::shared_ptr<Context>, http::Send);
/// GET /api/v1/records/{registry}/export?format=xlsx|csv and the parameters of the list
http::Reply export_file(Context&);
/// GET /api/v1/records/{registry}/template
http::Reply template_file(Context&);

/// Reads the file in the sandbox and imports it in one write; waits for both. Throws http::ProblemError.
importing::ImportResult run_import(school::School&, const access::Principal&, const schema::Registry&,
                                   std::string_view bytes, importing::ImportOptions);

}  // namespace eschool::api
