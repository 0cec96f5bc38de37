#include "imports.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace eschool::test {

namespace json = boost::json;

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE_MESSAGE(stream.good(), path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

json::value finished(const Client& client, const Response& started) {
  REQUIRE_MESSAGE(started.status == 202, started.body);
  const auto path = "/api/v1/jobs/" + std::string(started.json().at("job").as_string());
  CHECK(started.header("location") == path);
  double progress = 0;
  for (int i = 0; i < 600; ++i) {
    auto job = client.get(path).json();
    const std::string state(job.at("state").as_string());
    const auto now = job.at("progress").to_number<double>();
    CHECK(now >= progress);
    CHECK(now <= 1);
    progress = now;
    if (state == "done" || state == "failed") return job;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL("the job does not end");
  return nullptr;
}

json::value import_by_http(const Client& client, const std::string& registry, const std::string& bytes,
                           const std::string& options) {
  const auto job = finished(client, client.post(records(registry) + "/import" + options, bytes,
                                                {{"Content-Type", "application/octet-stream"}}));
  REQUIRE_MESSAGE(job.at("state").as_string() == "done", json::serialize(job));
  return job.at("result");
}

json::value refused_by_http(const Client& client, const std::string& registry, const std::string& bytes,
                            const std::string& options) {
  const auto reply =
      client.post(records(registry) + "/import" + options, bytes, {{"Content-Type", "application/octet-stream"}});
  if (reply.status >= 400) return reply.json();
  const auto job = finished(client, reply);
  REQUIRE_MESSAGE(job.at("state").as_string() == "failed", json::serialize(job));
  return job.at("problem");
}

std::int64_t history_entries(const Installation& installation) {
  const auto output = installation.run({"audit", "verify", "--json"});
  REQUIRE_MESSAGE(output.code == 0, output.out << output.error);
  return json::parse(output.out).at("entries").as_int64();
}

}  // namespace eschool::test
