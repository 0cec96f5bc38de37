#include "kernel/api/imports.hpp"

#include <fmt/format.h>

#include "kernel/api/application.hpp"
#include "kernel/api/system.hpp"
#include "kernel/registry/import/export.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/problems.hpp"
#include "tabular/sandbox.hpp"

namespace eschool::api {

namespace {

/// What the reader of a file complains about, as a problem that names sheet, row and column.
http::ProblemError file_problem(const tabular::ReadProblem& problem) {
  auto error = registry::problem(422, problem.code, "Файл не прочитан", problem.message);
  error.problem.extra =
      importing::errors_member(problem.sheet, {problem.row, problem.column, problem.code, problem.message});
  return error;
}

http::Reply table_reply(std::string bytes, tabular::Format format, std::string_view name) {
  const bool csv = format == tabular::Format::csv;
  http::Reply reply;
  reply.mime = csv ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  reply.body = std::move(bytes);
  reply.headers.emplace_back("Content-Disposition",
                             fmt::format("attachment; filename=\"{}.{}\"", name, csv ? "csv" : "xlsx"));
  return reply;
}

}  // namespace

importing::ImportResult run_import(school::School& school, const access::Principal& who,
                                   const schema::Registry& registry, std::string_view bytes,
                                   importing::ImportOptions options) {
  const auto read = tabular::SandboxedReader(tabular::reader_beside_executable()).read(bytes);
  if (const auto* problem = std::get_if<tabular::ReadProblem>(&read)) throw file_problem(*problem);
  const auto& workbook = std::get<tabular::Workbook>(read);
  const auto moment = school.clock().moment();
  const registry::Asker asker{who, moment.today, moment.now};
  options.available = [&school](const schema::Registry& other) { return school.enabled(other.plugin); };
  importing::ImportResult result;
  school.database().write([&](storage::Session& session) {
    result = importing::Importer(school.catalogue(), school.query(), school.writer())
                 .run(session, asker, registry, workbook, options);
  });
  return result;
}

void import_file(std::shared_ptr<Context> context, http::Send send) {
  const auto& registry = context->registry();
  if (context->request.body.empty())
    throw registry::bad_request("empty_file", "Файл пуст: пришлите его телом запроса.");
  importing::ImportOptions options;
  options.dry_run = context->query.text("dry_run") == "1";
  options.accept_valid = context->query.text("accept") == "valid";
  const auto job = context->application.jobs().submit(
      context->school.id(), "import", context->who.account,
      [context, &registry, options](jobs::Control& control) mutable {
        options.progress = [&control](double fraction) { control.progress(fraction); };
        options.cancelled = [&control] { return control.cancelled(); };
        try {
          return run_import(context->school, context->who, registry, context->request.body, options).to_json();
        } catch (const importing::Cancelled&) {
          throw jobs::Cancelled{};
        }
      });
  send(accepted(job));
}

http::Reply export_file(Context& context) {
  auto format = tabular::Format::xlsx;
  const auto request = list_request(context.query, false, [&](std::string_view name, std::string_view value) {
    if (name != "format" || (value != "xlsx" && value != "csv")) return false;
    if (value == "csv") format = tabular::Format::csv;
    return true;
  });
  const auto& registry = context.registry();
  return table_reply(importing::export_table(*context.database, context.asker(), context.school.catalogue(),
                                             context.school.query(), registry, request, format),
                     format, registry.id);
}

http::Reply template_file(Context& context) {
  const auto& registry = context.registry();
  if (!context.school.policy().may(context.who, registry, access::Action::create)) throw registry::denied({});
  return table_reply(importing::template_table(context.school.catalogue(), registry), tabular::Format::xlsx,
                     registry.id);
}

}  // namespace eschool::api
