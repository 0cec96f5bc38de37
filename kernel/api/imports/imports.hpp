/// Files into registries and out of them.
#pragma once

#include "kernel/api/context.hpp"
#include "kernel/registry/import/importer.hpp"

namespace eschool::api {

/// Whether the caller may load files into the registry: his role says so, gives the right to make records there, and
/// the registry has a form of a file.
bool may_load_files(const Context&, const schema::Registry&);

/// POST /api/v1/records/{registry}/import, the file as the body -> 202 {job}. Parameters: dry_run=1, accept=valid,
/// mode=merge|add|update|synchronise, within=FIELD, to_archive=N, sheet=NAME, name=FILE_NAME, headers={"Шапка":"snils"}
/// (remembered once the file is loaded; "" leaves a column out), decisions={"12":345} (row: record, 0 for a new one),
/// set={"plan":17,"section":"Повторение"} (what every row says unless it says otherwise: a record or a text).
/// Where nothing was written, result or problem has "suggested": {registry, label} when the file is clearly that of
/// another registry into which the caller loads files (better_fit.hpp).
void import_file(std::shared_ptr<Context>, http::Send);
/// The file back with what is wrong beside each row: a job whose result is {file}, an XLSX in base 64.
void import_annotated(std::shared_ptr<Context>, http::Send);
/// POST /api/v1/records/{registry}/import/headers, the file as the body -> how its columns would be understood, which
/// `targets` are required and which of those are `missing` in the file, and "suggested" as above
void import_headers(std::shared_ptr<Context>, http::Send);
/// GET /api/v1/records/{registry}/export?format=xlsx|csv and the parameters of the list
http::Reply export_file(Context&);
/// GET /api/v1/records/{registry}/template
http::Reply template_file(Context&);

/// Reads the file in the sandbox and imports it in one write with its entry in the journal; waits for both. Headers
/// remembered from earlier imports of the registry go before names, those of the options before them. Throws
/// http::ProblemError.
importing::ImportResult run_import(school::School&, const access::Principal&, const schema::Registry&,
                                   std::string_view bytes, const std::string& file_name, importing::ImportOptions);

}  // namespace eschool::api
