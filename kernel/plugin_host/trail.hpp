/// Which plugin each thread is inside of, in a mapped file that outlives the process: after a crash the next start
/// reads there whose code ran. A step costs a few stores and one look at the clock; the kernel is not called.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eschool::plugin_host {

/// What a plugin was called for.
enum class Place : std::uint32_t { outside, load, start, route, hook, job, stop };

/// How the last process ended inside of a plugin.
struct Crash {
  std::string plugin;
  Place place = Place::outside;
  int signal = 0;  ///< SIGSEGV…; 0: the plugin called exit(); Trail::hang: the server ended itself, see mark_hang()
  std::string describe() const;  ///< Russian: "при запуске, сигнал SIGSEGV"
};

/// A thread that is inside of a plugin.
struct Stay {
  std::uint32_t plugin = 0;  ///< number of Trail::add()
  std::uint32_t slot = 0;
  std::int64_t since = 0;  ///< of this one call: tells two calls of a thread apart
  std::chrono::milliseconds length{};
  Place place = Place::outside;
  bool on_writer = false;  ///< the thread is a school's writer
};

class Trail {
  struct Page;
  struct Slot;

 public:
  static constexpr int hang = -1;

  /// Maps the file, made when it is absent, and has signals that end the process leave their mark in it. Without a
  /// name, or while another process holds the file, the trail is kept in memory alone. The mapping stays for the
  /// process's life: threads point into it.
  explicit Trail(const std::filesystem::path& file);
  Trail(const Trail&) = delete;

  /// What the process before this one left.
  const std::optional<Crash>& previous() const { return previous_; }
  /// [init] A number for the plugin, from 1.
  std::uint32_t add(std::string_view plugin);
  /// Threads that are in a route or a hook for at least so long. Any thread.
  std::vector<Stay> stays(std::chrono::milliseconds at_least) const;
  /// Before the process ends itself because of this call: the next start counts it as a crash of the plugin.
  void mark_hang(const Stay&);
  static void note_crash(int signal);

  /// The thread is inside of the plugin while the object lives. Steps nest: a hook runs inside of a route's write.
  class Step {
   public:
    Step(Trail&, std::uint32_t plugin, Place, bool on_writer = false) noexcept;
    ~Step();
    Step(const Step&) = delete;
    /// The innermost of this thread, or null.
    static Step* current() noexcept;
    std::uint32_t plugin() const { return plugin_; }
    Trail& trail() const { return trail_; }
    std::string said;  ///< the last error that the plugin logged meanwhile

   private:
    Trail& trail_;
    Slot& slot_;
    std::uint32_t plugin_;
    Step* outer_;
    std::uint32_t saved_plugin_, saved_place_;
    std::int64_t saved_since_;
    bool saved_writer_;
  };

 private:
  Slot& slot_of_thread() noexcept;

  Page* page_;
  std::uint32_t count_ = 0;
  std::optional<Crash> previous_;
};

}  // namespace eschool::plugin_host
