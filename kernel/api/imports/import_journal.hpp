/// The journal of imports and their undo.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/registry/import/journal.hpp"

namespace eschool::api {

/// GET /api/v1/imports?before=ID: of registries into which the caller may import, newest first
http::Reply list_imports(Context&);
/// DELETE /api/v1/imports/{id}?accept=partly -> 202 {job}: for who made the import, and for "imports.undo"
void undo_import(std::shared_ptr<Context>, http::Send);

/// Undoes an import in one write and waits for it; answers the result as JSON. Throws http::ProblemError: 409
/// "undo_conflicts" with the records that stand in the way, when they may not be left as they are.
std::string run_undo(school::School&, const access::Principal&, std::int64_t import, bool accept_partly);

}  // namespace eschool::api
