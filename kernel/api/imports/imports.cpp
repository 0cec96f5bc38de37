#include "kernel/api/imports/imports.hpp"

#include <sodium.h>

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <limits>

#include "kernel/api/accounts/security.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/upkeep/system.hpp"
#include "kernel/registry/import/annotated.hpp"
#include "kernel/registry/import/better_fit.hpp"
#include "kernel/registry/import/export.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/import/journal.hpp"
#include "kernel/registry/import/sight.hpp"
#include "kernel/registry/import/template.hpp"
#include "kernel/registry/import/told_headers.hpp"
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

tabular::Workbook read_workbook(std::string_view bytes) {
  auto read = tabular::SandboxedReader(tabular::reader_beside_executable()).read(bytes);
  if (const auto* problem = std::get_if<tabular::ReadProblem>(&read)) throw file_problem(*problem);
  return std::get<tabular::Workbook>(std::move(read));
}

/// A parameter that is a JSON object; null when it is absent.
boost::json::object object_of(const http::Query& query, std::string_view name) {
  const auto text = query.text(name);
  if (text.empty()) return {};
  boost::system::error_code error;
  auto value = boost::json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object())
    throw registry::bad_request(std::string(name), fmt::format("{}: нужен объект JSON.", name));
  return std::move(value.as_object());
}

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  ::sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the zero at its end
  return text;
}

importing::ImportOptions options_of(const http::Query& query) {
  importing::ImportOptions options;
  options.dry_run = query.text("dry_run") == "1";
  options.accept_valid = query.text("accept") == "valid";
  const auto mode = importing::import_mode(query.text("mode", "merge"));
  if (!mode) throw registry::bad_request("mode", "mode: бывает merge, add, update или synchronise.");
  options.mode = *mode;
  options.sheet = query.text("sheet");
  options.within = query.text("within");
  if (const auto count = query.integer("to_archive")) {
    if (*count < 0 || *count > std::numeric_limits<int>::max())
      throw registry::bad_request("to_archive", "to_archive: сколько записей уйдёт в архив, числом.");
    options.to_archive = static_cast<int>(*count);
  }
  for (const auto& [header, to] : object_of(query, "headers")) {
    if (!to.is_string()) throw registry::bad_request("headers", "headers: столбцу назначают поле текстом.");
    options.headers.push_back({std::string(header), std::string(to.as_string())});
  }
  for (const auto& [to, value] : object_of(query, "set")) {
    if (value.is_int64() && value.as_int64() > 0)
      options.standing.push_back({std::string(to), value.as_int64(), {}});
    else if (value.is_string())
      options.standing.push_back({std::string(to), 0, std::string(value.as_string())});
    else
      throw registry::bad_request("set", "set: полю назначают номер записи или текст.");
  }
  for (const auto& [row, record] : object_of(query, "decisions")) {
    const auto number = std::atoi(std::string(row).c_str());
    if (number < 1 || !record.is_int64())
      throw registry::bad_request("decisions", "decisions: номеру строки назначают номер записи или 0.");
    options.decisions[number] = {record.as_int64()};
  }
  return options;
}

/// What the journal says of a result, the companions' sheets counted in.
importing::JournalEntry entry_of(const importing::ImportResult& result) {
  importing::JournalEntry entry;
  entry.registry = result.registry;
  const auto add = [&](const importing::ImportResult& sheet) {
    entry.rows += sheet.rows;
    entry.created += sheet.created;
    entry.updated += sheet.updated;
    entry.unchanged += sheet.unchanged;
    entry.rejected += sheet.rejected;
    entry.archived += sheet.archived;
  };
  add(result);
  for (const auto& sheet : result.sheets) add(sheet);
  return entry;
}

/// The registry into which the caller may load files and whose file this clearly is; nullptr when it fits the chosen
/// one.
const schema::Registry* suggested(const school::School& school, const access::Principal& who,
                                  const schema::Registry& chosen, const tabular::Workbook& workbook,
                                  const importing::ImportOptions& options) {
  const auto& policy = school.policy();
  return importing::better_fit(
      school.catalogue(), chosen, workbook, options.sheet, options.headers, [&](const schema::Registry& other) {
        const auto& definition = importing::definition_of(school.catalogue(), other);
        return school.enabled(other.plugin) && school.enabled(definition.plugin) && policy.may_import(who, &other) &&
               policy.may(who, other, access::Action::create) && policy.may(who, definition, access::Action::create);
      });
}

std::string text_of(const importing::Reading& reading, const schema::Registry* suggested) {
  boost::json::array sheets, targets;
  for (const auto& sheet : reading.sheets) sheets.emplace_back(sheet);
  for (const auto& target : reading.targets)
    targets.push_back(
        {{"to", target.to}, {"header", target.header}, {"required", target.required}, {"missing", target.missing}});
  auto text = boost::json::serialize(boost::json::object{{"registry", reading.registry},
                                                         {"sheet", reading.sheet},
                                                         {"sheets", std::move(sheets)},
                                                         {"header_row", reading.header_row},
                                                         {"targets", std::move(targets)}});
  text.pop_back();
  importing::append_columns(text, reading.columns);
  if (suggested) text += "," + importing::suggested_member(*suggested);
  return text + "}";
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

/// Throws for a header that is given a meaning which files of the registry do not have.
void check_told(const schema::Catalogue& catalogue, const schema::Registry& registry,
                const std::vector<importing::ToldHeader>& headers) {
  const auto has = [](const schema::Registry& definition, const std::string& to) {
    const auto& columns = definition.views.import.columns;
    return std::any_of(columns.begin(), columns.end(), [&](const auto& column) { return column.to == to; });
  };
  for (const auto& told : headers)
    if (!told.to.empty() && !has(importing::definition_of(catalogue, registry), told.to) && !has(registry, told.to))
      throw registry::bad_request(
          "headers", fmt::format("headers: у файлов реестра «{}» нет поля «{}».", registry.label, told.to));
}

/// The registry of the request, into which the caller's role loads files and in which it makes or changes records.
/// Throws 403.
const schema::Registry& checked(const Context& context) {
  const auto& registry = context.registry();
  const auto& policy = context.school.policy();
  if (!policy.may_import(context.who, &registry))
    throw registry::denied("Ваша роль загружает файлы только в другие реестры.");
  if (!policy.may(context.who, registry, access::Action::create) &&
      !policy.may(context.who, registry, access::Action::update))
    throw registry::denied({});
  return registry;
}

}  // namespace

importing::ImportResult run_import(school::School& school, const access::Principal& who,
                                   const schema::Registry& registry, std::string_view bytes,
                                   const std::string& file_name, importing::ImportOptions options) {
  const auto workbook = read_workbook(bytes);
  const auto moment = school.clock().moment();
  const registry::Asker asker{who, moment.today, moment.now};
  options.available = [&school](const schema::Registry& other) { return school.enabled(other.plugin); };
  const auto told_now = options.headers;
  check_told(school.catalogue(), registry, told_now);
  importing::ImportResult result;
  try {
    school.database().write([&](storage::Session& session) {
      options.headers = importing::remembered_headers(session, registry.id, who.account);
      options.headers.insert(options.headers.end(), told_now.begin(), told_now.end());
      const auto before = audit::head(session).seq;
      result = importing::Importer(school.catalogue(), school.query(), school.writer())
                   .run(session, asker, registry, workbook, options);
      if (!result.applied) return;
      importing::remember_headers(session, registry.id, who.account, school.policy().may_import(who, nullptr),
                                  told_now);
      const auto after = audit::head(session).seq;
      if (after == before) return;  // the file says what is there already
      auto entry = entry_of(result);
      entry.file_name = file_name;
      entry.file_hash = importing::sha256_hex(bytes);
      entry.mode = importing::name(options.mode);
      entry.at = asker.now;
      entry.account = who.account;
      entry.person = who.person;
      entry.first_seq = before + 1;
      entry.last_seq = after;
      result.import_id = importing::note_import(session, entry, result.resolved);
    });
  } catch (http::ProblemError& thrown) {
    // A file that does not fit as a whole: perhaps it is another registry's.
    const auto* other = thrown.problem.status == 422 ? suggested(school, who, registry, workbook, options) : nullptr;
    if (other) {
      auto& extra = thrown.problem.extra;
      extra += (extra.empty() ? "" : ",") + importing::suggested_member(*other);
    }
    throw;
  }
  if (!result.applied) result.suggested = suggested(school, who, registry, workbook, options);
  school.forget_principals();  // people may have come or gone with the file
  return result;
}

bool may_load_files(const Context& context, const schema::Registry& registry) {
  const auto& policy = context.school.policy();
  return policy.may_import(context.who, &registry) && policy.may(context.who, registry, access::Action::create) &&
         importing::importable(context.school.catalogue(), registry);
}

void import_file(std::shared_ptr<Context> context, http::Send send) {
  const auto& registry = checked(*context);
  if (context->request.body.empty())
    throw registry::bad_request("empty_file", "Файл пуст: пришлите его телом запроса.");
  auto options = options_of(context->query);
  start_job(*context, std::move(send), "import", [context, &registry, options](jobs::Control& control) mutable {
    options.progress = [&control](double fraction) { control.progress(fraction); };
    options.cancelled = [&control] { return control.cancelled(); };
    try {
      return run_import(context->school, context->who, registry, context->request.body,
                        std::string(context->query.text("name")), options)
          .to_json();
    } catch (const importing::Cancelled&) {
      throw jobs::Cancelled{};
    }
  });
}

void import_annotated(std::shared_ptr<Context> context, http::Send send) {
  const auto& registry = checked(*context);
  if (context->request.body.empty())
    throw registry::bad_request("empty_file", "Файл пуст: пришлите его телом запроса.");
  auto options = options_of(context->query);
  options.dry_run = true;
  start_job(*context, std::move(send), "import.annotated", [context, &registry, options](jobs::Control&) {
    const auto result = run_import(context->school, context->who, registry, context->request.body, {}, options);
    return boost::json::serialize(
        boost::json::object{{"file", base64(importing::annotated_file(read_workbook(context->request.body), result))}});
  });
}

void import_headers(std::shared_ptr<Context> context, http::Send send) {
  const auto& registry = checked(*context);
  if (context->request.body.empty())
    throw registry::bad_request("empty_file", "Файл пуст: пришлите его телом запроса.");
  start_job(*context, std::move(send), "import.headers", [context, &registry](jobs::Control&) {
    const auto workbook = read_workbook(context->request.body);
    auto options = options_of(context->query);
    const auto session = context->school.database().read();
    auto headers = importing::remembered_headers(*session, registry.id, context->who.account);
    headers.insert(headers.end(), options.headers.begin(), options.headers.end());
    options.headers = std::move(headers);
    const auto moment = context->school.clock().moment();
    const registry::Asker asker{context->who, moment.today, moment.now};
    const importing::Sight sight(*session, asker, context->school.catalogue(), context->school.query());
    return text_of(importing::read_headers(context->school.catalogue(), registry, workbook, options, &sight),
                   suggested(context->school, context->who, registry, workbook, options));
  });
}

http::Reply export_file(Context& context) {
  auto format = tabular::Format::xlsx;
  const auto request = list_request(context.query, false, [&](std::string_view name, std::string_view value) {
    if (name != "format" || (value != "xlsx" && value != "csv")) return false;
    if (value == "csv") format = tabular::Format::csv;
    return true;
  });
  const auto& registry = context.registry();
  note_deed_later(context, auth::Deed::exported,
                  fmt::format("{} ({}){}", registry.label, format == tabular::Format::csv ? "CSV" : "XLSX",
                              request.filter.empty() ? std::string() : ", условие: " + request.filter.substr(0, 200)));
  return table_reply(importing::export_table(*context.database, context.asker(), context.school.catalogue(),
                                             context.school.query(), registry, request, format),
                     format, registry.id);
}

http::Reply template_file(Context& context) {
  const auto& registry = checked(context);
  return table_reply(importing::template_table(context.school.catalogue(), registry), tabular::Format::xlsx,
                     registry.id);
}

}  // namespace eschool::api
