#include "kernel/plugin_host/trail.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace eschool::plugin_host {

struct Trail::Slot {
  std::atomic<std::uint32_t> taken, plugin, place, on_writer;
  std::atomic<std::int64_t> since;  ///< nanoseconds of the steady clock
};

struct Trail::Page {
  static constexpr std::uint32_t written_by = 0x45535431;
  static constexpr std::size_t plugins = 255, slots = 256;

  std::uint32_t magic;
  std::atomic<std::uint32_t> crashed;  ///< number of the slot, from 1; 0: nobody crashed
  std::atomic<std::int32_t> signal;
  std::array<std::array<char, 33>, plugins> ids;
  std::array<Slot, slots> threads;

  void mark(const Slot& slot, int by) {
    if (slot.plugin.load() == 0) return;
    signal.store(by);
    crashed.store(static_cast<std::uint32_t>(&slot - threads.data()) + 1);
  }
};

namespace {

constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t signal_stack = 32 * 1024;

// For the signal handler, which may touch nothing but these and the page.
std::atomic<void*> crash_page{nullptr};
thread_local constinit void* crash_slot = nullptr;
std::array<struct sigaction, 65> previous_actions;

thread_local constinit Trail::Step* innermost = nullptr;

std::int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

/// Notes that the process ends on this thread, if it is inside of a plugin. For a signal handler: touches nothing else.
void Trail::note_crash(int signal) {
  auto* page = static_cast<Page*>(crash_page.load());
  const auto* slot = static_cast<const Slot*>(crash_slot);
  if (page && slot) page->mark(*slot, signal);
}

namespace {

/// What a thread holds until it ends: its slot, and a stack on which a stack overflow can still be noted.
struct ThreadPlace {
  void* page = nullptr;
  std::atomic<std::uint32_t>* taken = nullptr;
  std::unique_ptr<char[]> stack;

  ~ThreadPlace() {
    // Inside of a plugin still: it called exit(), which takes everybody with it and destroys this on the way.
    if (innermost) Trail::note_crash(0);
    crash_slot = nullptr;
    if (taken) taken->store(0);
    if (!stack) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  void give_stack() {
    stack_t known{};
    if (::sigaltstack(nullptr, &known) != 0 || !(known.ss_flags & SS_DISABLE)) return;
    stack = std::make_unique<char[]>(signal_stack);
    stack_t ours{};
    ours.ss_sp = stack.get();
    ours.ss_size = signal_stack;
    ::sigaltstack(&ours, nullptr);
  }
};

thread_local ThreadPlace thread_place;

const char* place_name(Place place) {
  switch (place) {
    case Place::load:
      return "при загрузке";
    case Place::start:
      return "при запуске";
    case Place::route:
      return "отвечая на запрос";
    case Place::hook:
      return "проверяя запись";
    case Place::job:
      return "выполняя фоновую работу";
    case Place::stop:
      return "при остановке";
    case Place::outside:
      break;
  }
  return "в неизвестном месте";
}

}  // namespace

std::string Crash::describe() const {
  if (signal == Trail::hang) return fmt::format("{}, не вернул управление и остановил запись", place_name(place));
  if (signal == 0) return fmt::format("{}, завершил процесс", place_name(place));
  const char* name = ::sigabbrev_np(signal);
  return fmt::format("{}, сигнал SIG{}", place_name(place), name ? name : std::to_string(signal).c_str());
}

Trail::Trail(const std::filesystem::path& file) {
  int descriptor = -1;
  if (!file.empty()) {
    descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    // Never closed: the lock lasts as long as the process.
    if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor);
      descriptor = -1;
    }
    if (descriptor >= 0 && ::ftruncate(descriptor, sizeof(Page)) != 0) {
      ::close(descriptor);
      descriptor = -1;
    }
  }
  void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE,
                        descriptor >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, descriptor, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory for the trail of plugins");
  page_ = static_cast<Page*>(memory);
  if (page_->magic == Page::written_by) {
    const auto crashed = page_->crashed.load();
    if (crashed >= 1 && crashed <= Page::slots) {
      const auto& slot = page_->threads[crashed - 1];
      const auto plugin = slot.plugin.load();
      if (plugin >= 1 && plugin <= Page::plugins) {
        const auto& id = page_->ids[plugin - 1];
        previous_ = Crash{std::string(id.data(), ::strnlen(id.data(), id.size())),
                          static_cast<Place>(slot.place.load()), page_->signal.load()};
      }
    }
  }
  std::memset(memory, 0, sizeof(Page));
  page_->magic = Page::written_by;
  if (descriptor < 0) return;

  static std::once_flag once;
  crash_page.store(page_);
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = [](int number, siginfo_t* info, void*) {
      note_crash(number);
      ::sigaction(number, &previous_actions[static_cast<std::size_t>(number)], nullptr);
      // A fault happens again when this returns; what somebody sent has to be sent again.
      if (info->si_code <= 0) ::raise(number);
    };
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (const int number : fatal_signals)
      ::sigaction(number, &action, &previous_actions[static_cast<std::size_t>(number)]);
  });
}

std::uint32_t Trail::add(std::string_view plugin) {
  if (count_ == Page::plugins) return Page::plugins;
  auto& id = page_->ids[count_];
  plugin.copy(id.data(), id.size() - 1);
  return ++count_;
}

Trail::Slot& Trail::slot_of_thread() noexcept {
  static thread_local Slot beyond{};  // of a thread for which no slot is left
  if (thread_place.page == page_) return crash_slot ? *static_cast<Slot*>(crash_slot) : beyond;
  if (thread_place.taken) thread_place.taken->store(0);
  thread_place.page = page_;
  thread_place.taken = nullptr;
  crash_slot = nullptr;
  if (!thread_place.stack) thread_place.give_stack();
  for (auto& slot : page_->threads) {
    std::uint32_t nobody = 0;
    if (!slot.taken.compare_exchange_strong(nobody, 1)) continue;
    thread_place.taken = &slot.taken;
    crash_slot = &slot;
    return slot;
  }
  return beyond;
}

std::vector<Stay> Trail::stays(std::chrono::milliseconds at_least) const {
  std::vector<Stay> stays;
  const auto now = steady_now();
  for (std::uint32_t i = 0; i < Page::slots; ++i) {
    const auto& slot = page_->threads[i];
    const auto plugin = slot.plugin.load(std::memory_order_acquire);
    const auto place = static_cast<Place>(slot.place.load());
    if (plugin == 0 || (place != Place::route && place != Place::hook)) continue;
    const auto since = slot.since.load();
    const std::chrono::milliseconds length((now - since) / 1'000'000);
    if (length >= at_least) stays.push_back({plugin, i, since, length, place, slot.on_writer.load() != 0});
  }
  return stays;
}

void Trail::mark_hang(const Stay& stay) { page_->mark(page_->threads[stay.slot], hang); }

Trail::Step::Step(Trail& trail, std::uint32_t plugin, Place place, bool on_writer) noexcept
    : trail_(trail),
      slot_(trail.slot_of_thread()),
      plugin_(plugin),
      outer_(innermost),
      saved_plugin_(slot_.plugin.load(std::memory_order_relaxed)),
      saved_place_(slot_.place.load(std::memory_order_relaxed)),
      saved_since_(slot_.since.load(std::memory_order_relaxed)),
      saved_writer_(slot_.on_writer.load(std::memory_order_relaxed) != 0) {
  innermost = this;
  slot_.since.store(steady_now(), std::memory_order_relaxed);
  slot_.place.store(static_cast<std::uint32_t>(place), std::memory_order_relaxed);
  slot_.on_writer.store(on_writer, std::memory_order_relaxed);
  slot_.plugin.store(plugin, std::memory_order_release);
}

Trail::Step::~Step() {
  innermost = outer_;
  slot_.since.store(saved_since_, std::memory_order_relaxed);
  slot_.place.store(saved_place_, std::memory_order_relaxed);
  slot_.on_writer.store(saved_writer_, std::memory_order_relaxed);
  slot_.plugin.store(saved_plugin_, std::memory_order_release);
}

Trail::Step* Trail::Step::current() noexcept { return innermost; }

}  // namespace eschool::plugin_host
