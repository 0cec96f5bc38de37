#include "kernel/http/message.hpp"

#include <doctest/doctest.h>

#include "kernel/http/problem.hpp"

using namespace eschool::http;

TEST_CASE("headers and cookies of a request") {
  Request request;
  request.headers = {{"accept", "*/*"}, {"cookie", "a=1; __Host-session=xyz=; ab=\"2\" "}, {"cookie", "late=3"}};
  CHECK(request.header("accept") == "*/*");
  CHECK(request.header("none").empty());
  CHECK(request.cookie("a") == "1");
  CHECK(request.cookie("__Host-session") == "xyz=");
  CHECK(request.cookie("ab") == "2");
  CHECK(request.cookie("late") == "3");
  CHECK(request.cookie("b").empty());
  CHECK(request.cookie("session").empty());
}

TEST_CASE("a problem as RFC 9457 JSON") {
  const Reply reply = to_reply({422,
                                "invalid",
                                "Запись не прошла \"проверку\"",
                                "Исправьте поля.",
                                {{"snils", "check_digit", "Не сходится."}},
                                "\"current\":{\"id\":7}"});
  CHECK(reply.status == 422);
  CHECK(reply.mime.starts_with("application/problem+json"));
  CHECK(reply.body ==
        R"({"type":"about:blank","status":422,"code":"invalid","title":"Запись не прошла \"проверку\"",)"
        R"("detail":"Исправьте поля.","errors":[{"field":"snils","code":"check_digit","message":"Не сходится."}],)"
        R"("current":{"id":7}})");
  CHECK(to_reply({404, "not_found", "Нет", {}, {}, {}}).body ==
        R"({"type":"about:blank","status":404,"code":"not_found","title":"Нет"})");
}
