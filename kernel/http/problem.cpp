#include "kernel/http/problem.hpp"

#include "kernel/http/json_text.hpp"

namespace eschool::http {

Reply to_reply(const Problem& problem) {
  Reply reply;
  reply.status = problem.status;
  reply.mime = "application/problem+json; charset=utf-8";
  if (problem.retry_after > 0) reply.headers.emplace_back("Retry-After", std::to_string(problem.retry_after));
  std::string& out = reply.body;
  out += R"({"type":"about:blank","status":)";
  json::append_int(out, problem.status);
  out += R"(,"code":)";
  json::append_string(out, problem.code);
  out += R"(,"title":)";
  json::append_string(out, problem.title);
  if (!problem.detail.empty()) {
    out += R"(,"detail":)";
    json::append_string(out, problem.detail);
  }
  if (!problem.errors.empty()) {
    out += R"(,"errors":[)";
    bool first = true;
    for (const FieldError& error : problem.errors) {
      if (!first) out += ',';
      first = false;
      out += R"({"field":)";
      json::append_string(out, error.field);
      out += R"(,"code":)";
      json::append_string(out, error.code);
      out += R"(,"message":)";
      json::append_string(out, error.message);
      out += '}';
    }
    out += ']';
  }
  if (!problem.extra.empty()) {
    out += ',';
    out += problem.extra;
  }
  out += '}';
  return reply;
}

}  // namespace eschool::http
