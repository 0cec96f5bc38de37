#include "kernel/api/records/files.hpp"

#include <fmt/format.h>

#include "kernel/api/reply.hpp"
#include "kernel/http/percent.hpp"
#include "kernel/registry/files.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

http::Reply take_file(Context& context) {
  const auto id = registry::store_file(*context.database, context.query.text("name"), context.request.body,
                                       context.who.account, context.seconds);
  return reply_of({{"id", id}}, 201);
}

http::Reply give_file(Context& context) {
  const storage::ReadTransaction transaction(*context.database);
  const auto name = context.parameter("field");
  // What the caller reads of the record names the file; nothing else does.
  std::string text;
  context.school.query().get(*context.database, context.asker(), context.registry(), context.id(), text);
  const auto record = boost::json::parse(text).as_object();
  const auto located = context.school.catalogue().locate(context.registry(), name);
  const auto* value = record.if_contains(boost::json::string_view(name.data(), name.size()));
  const auto* number = value ? value->if_int64() : nullptr;
  if (!located || located.field->type != schema::FieldType::file || !number) throw registry::not_found();
  auto file = registry::stored_file(*context.database, *number);
  if (!file) throw registry::not_found();
  http::Reply reply;
  reply.mime = file->mime;
  reply.body = std::move(file->bytes);
  reply.headers.emplace_back("Content-Disposition",
                             fmt::format("attachment; filename*=UTF-8''{}", http::percent_encode(file->name)));
  reply.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  return reply;
}

}  // namespace eschool::api
