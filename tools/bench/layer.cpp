/// What the registry layer costs over the raw sqlite3 C API: the list of a class for its teacher, without HTTP, against
/// the same rows read and written as JSON by hand, in one process, in turns. See README.md.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "arguments.hpp"
#include "kernel/api/application.hpp"
#include "kernel/http/problem.hpp"
#include "limit_sqlite.hpp"

namespace {

using Clock = std::chrono::steady_clock;

/// Microseconds a call, over a block of calls.
template <class Call>
double block(int calls, Call call) {
  const auto start = Clock::now();
  for (int i = 0; i < calls; ++i) call();
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count() / calls;
}

/// Of the means of the blocks the middle one: a block in which the machine did something else counts as one.
double middle(std::vector<double> means) {
  std::nth_element(means.begin(), means.begin() + static_cast<std::ptrdiff_t>(means.size() / 2), means.end());
  return means[means.size() / 2];
}

void measure(const bench::Arguments& arguments) {
  auto config = eschool::config::load(arguments.text("config"));
  config.data = arguments.text("data");
  if (config.plugins.empty())  // beside the program, as the server looks for them
    config.plugins = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "plugins";
  eschool::api::Application application(config);
  auto& school = application.school("");
  const auto class_id = arguments.number("class", 1);

  const auto account = school.accounts().find(*school.database().read(), arguments.text("login"));
  if (!account) throw std::runtime_error("no account " + arguments.text("login"));
  const auto& registry = school.registry("people.student");
  eschool::registry::ListRequest request;
  request.filter = "class=" + std::to_string(class_id);
  request.sort = "surname,given_name";
  request.fields = "surname,given_name,patronymic,birth_date,class";

  // All that a request does between the session's account and the bytes of the body.
  const auto layer = [&] {
    const auto moment = school.clock().moment();
    const auto who = school.principal(account->id, moment.today);
    const auto session = school.database().read();
    std::string body;
    body.reserve(8192);
    school.query().list(*session, {who, moment.today, moment.now}, registry, request, body);
    return body;
  };
  bench::SqliteReader reader(school.database().location().file, {bench::class_list_sql, bench::class_list_shape()}, {});
  const auto raw = [&] { return reader.list(class_id); };
  if (layer() != raw()) throw std::runtime_error("the two do not answer the same bytes");

  const auto blocks = arguments.number("blocks", 60);
  const auto calls = static_cast<int>(arguments.number("calls", 300));
  std::vector<double> layer_means, raw_means;
  for (long i = 0; i < blocks; ++i) {
    layer_means.push_back(block(calls, layer));
    raw_means.push_back(block(calls, raw));
  }
  const double ours = middle(layer_means), limit = middle(raw_means);
  std::printf("{\"layer_us\":%.1f,\"raw_us\":%.1f,\"ratio\":%.2f,\"bytes\":%zu}\n", ours, limit, ours / limit,
              raw().size());
}

}  // namespace

int main(int count, char** values) {
  try {
    const bench::Arguments arguments(count, values, {"config", "data", "login", "class", "blocks", "calls"});
    for (const auto* name : {"config", "data", "login"})
      if (!arguments.has(name)) throw std::runtime_error(std::string("--") + name + " is needed");
    measure(arguments);
    return 0;
  } catch (const eschool::http::ProblemError& thrown) {
    std::fprintf(stderr, "layer: %s: %s\n", thrown.problem.title.c_str(), thrown.problem.detail.c_str());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "layer: %s\n", error.what());
    return 1;
  }
}
