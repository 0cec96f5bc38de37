#include "kernel/school/health.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace eschool::school {

namespace {

// A commit of an import and a checkpoint fit into it: with less, the next request would fail again.
constexpr std::int64_t enough_space = 4 << 20;

}  // namespace

FaultText text_of(Fault fault, const std::string& school) {
  switch (fault) {
    case Fault::disk_full:
      return {"disk_full", "На диске сервера кончилось место: школа работает только на чтение",
              "Освободите место в папке данных; перезапуск не нужен, записи продолжатся сами. Всё, что сервер "
              "подтвердил, сохранено."};
    case Fault::read_only:
      return {"read_only", "Папка данных доступна только для чтения",
              "Проверьте права папки и состояние диска (mount, dmesg). Когда запись станет возможна, школа откроется "
              "сама."};
    case Fault::damaged:
      return {"damaged", "Файл базы данных школы повреждён",
              fmt::format("Работа школы остановлена, чтобы не испортить остальное. Остановите сервер и восстановите "
                          "последнюю копию: eschool backup list --school {0}; eschool restore КОПИЯ --school {0}; "
                          "eschool audit verify --school {0}; запустите сервер. Испорченный файл сначала отложите, "
                          "диск проверьте.",
                          school)};
    case Fault::newer:
      return {"newer_database", "База данных школы новее программы",
              "С ней работала более новая версия. Установите её снова, или верните копию, снятую до обновления."};
    case Fault::unavailable:
      return {"unavailable", "База данных школы не открывается",
              "Причина названа в журнале сервера (journalctl -u eschool)."};
    case Fault::none:
      break;
  }
  throw std::logic_error("no fault has no text");
}

Fault fault_of(const storage::Error& error) {
  switch (error.kind()) {
    case storage::ErrorKind::full:
      return Fault::disk_full;
    case storage::ErrorKind::read_only:
      return Fault::read_only;
    case storage::ErrorKind::corrupt:
      return Fault::damaged;
    case storage::ErrorKind::unavailable:
      return Fault::unavailable;
    default:
      return Fault::none;
  }
}

void Health::set(Fault fault, const char* what) {
  const auto before = fault_.exchange(fault);
  if (before == fault) return;
  if (fault == Fault::none)
    fmt::print(stderr, "{}: снова в порядке\n", database_.location().name());
  else
    fmt::print(stderr, "{}: {} ({})\n", database_.location().name(), text_of(fault, "ШКОЛА").title, what);
}

void Health::notice(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const storage::Error& error) {
    const auto fault = fault_of(error);
    if (fault != Fault::none && this->fault() != Fault::damaged) set(fault, error.what());
  } catch (...) {
    // An answer to the caller, not a state of the database.
  }
}

Fault Health::recheck() {
  if (fault() == Fault::damaged) return Fault::damaged;
  try {
    if (fault() == Fault::none) {
      database_.read()->integer("SELECT COUNT(*) FROM es_setting");
    } else {
      if (fault() == Fault::disk_full) {
        const auto free = free_space(database_.location().file);
        if (free >= 0 && free < enough_space) return Fault::disk_full;
      }
      database_.write([](storage::Session& session) {
        session.execute(
            "INSERT INTO es_setting (name, value) VALUES ('health_probe', '1') ON CONFLICT (name) DO UPDATE"
            " SET value = CASE es_setting.value WHEN '1' THEN '2' ELSE '1' END");
      });
      set(Fault::none, "");
    }
  } catch (const storage::Error& error) {
    // A busy writer is no fault, and no end of one.
    if (fault_of(error) != Fault::none)
      set(fault_of(error), error.what());
    else if (error.kind() != storage::ErrorKind::busy)
      set(Fault::unavailable, error.what());
  }
  return fault();
}

void Health::inspect() {
  if (const auto broken = database_.structural_fault(); !broken.empty()) set(Fault::damaged, broken.c_str());
}

std::int64_t free_space(const std::filesystem::path& path) {
  std::error_code failure;
  const auto space = std::filesystem::space(path, failure);
  return failure ? -1 : static_cast<std::int64_t>(space.available);
}

}  // namespace eschool::school
