// A plugin whose jobs write, report, fail and wait to be cancelled, for tests/http/jobs_test.cpp.
#include <chrono>
#include <eschool/plugin.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace eschool::plugin;

class Worker : public Plugin {
 public:
  /// Makes three notes, each in a write of its own, and counts what it then sees.
  void make(Call& call, JobControl& control, std::string_view arguments) {
    for (int number = 1; number <= 3; ++number) {
      call.records().write([&](Call& inside) {
        inside.records().create("worker.note", {field("number", number), field("text", "заметка")});
      });
      control.progress(number / 3.0);
    }
    int seen = 0;
    call.records().find("worker.note", "", [&](Fields) { ++seen; });
    control.result("{\"seen\":" + std::to_string(seen) + ",\"asked\":" + std::string(arguments) + "}");
  }
  /// Fails in the middle of one write: its first half must be undone.
  void half(Call& call, JobControl&, std::string_view) {
    call.records().write([](Call& inside) {
      inside.records().create("worker.note", {field("number", 100), field("text", "первая половина")});
      inside.records().create("worker.note", {field("number", 100), field("text", "тот же номер")});
    });
  }
  void refuse(Call& call, JobControl&, std::string_view) {
    call.fail(ES_INVALID, "no_work", "Сегодня работать не над чем.");
  }
  void break_down(Call&, JobControl&, std::string_view) { throw std::runtime_error("a fault inside a job"); }
  void babble(Call&, JobControl& control, std::string_view) { control.result("{not json"); }
  void wait(Call&, JobControl& control, std::string_view) {
    control.progress(0.25);
    while (!control.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }

  /// Keeps the school's writer until the file is there that its arguments name: {"until":"/tmp/file"}.
  void hold(Call& call, JobControl& control, std::string_view arguments) {
    constexpr std::string_view before = "\"until\":\"";
    const auto begin = arguments.find(before) + before.size();
    const std::filesystem::path file(arguments.substr(begin, arguments.find('"', begin) - begin));
    call.records().write([&](Call&) {
      control.progress(0.25);
      while (!control.cancelled() && !std::filesystem::exists(file))
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    });
  }

  static constexpr auto jobs() {
    return std::array{
        on<&Worker::make>(Job{.id = "make", .label = "Сделать заметки", .capability = "worker.run"}),
        on<&Worker::half>(Job{.id = "half", .label = "Ошибиться", .capability = "worker.run"}),
        on<&Worker::refuse>(Job{.id = "refuse", .label = "Отказаться", .capability = "worker.run"}),
        on<&Worker::break_down>(Job{.id = "break", .label = "Сломаться", .capability = "worker.run"}),
        on<&Worker::babble>(Job{.id = "babble", .label = "Ответить неразборчиво", .capability = "worker.run"}),
        on<&Worker::wait>(Job{.id = "wait", .label = "Ждать отмены", .capability = "worker.run"}),
        on<&Worker::hold>(Job{.id = "hold", .label = "Держать запись", .capability = "worker.run"}),
    };
  }
};

}  // namespace

ESCHOOL_PLUGIN(Worker, "worker", "0.1.0")
