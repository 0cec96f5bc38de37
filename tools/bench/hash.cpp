/// The yardstick of signing in: how many passwords a second these cores can look at, by libsodium alone, with the costs
/// that the server asks for. See README.md.
#include <sodium.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "arguments.hpp"
#include "kernel/auth/passwords.hpp"

namespace {

void measure(long threads, long seconds) {
  constexpr std::string_view password = "a password to measure with";
  char stored[crypto_pwhash_STRBYTES];
  if (::sodium_init() < 0 || ::crypto_pwhash_str(stored, password.data(), password.size(), eschool::auth::argon2_passes,
                                                 eschool::auth::argon2_memory) != 0)
    throw std::runtime_error("libsodium does not hash");
  std::atomic<bool> over = false, wrong = false;
  std::atomic<long> hashes = 0;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> workers;
  for (long i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      for (; !over; ++hashes)
        if (::crypto_pwhash_str_verify(stored, password.data(), password.size()) != 0) wrong = true;
    });
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  over = true;
  for (auto& worker : workers) worker.join();
  if (wrong) throw std::runtime_error("libsodium did not recognise the password");
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto count = static_cast<double>(hashes.load());
  std::printf("{\"threads\":%ld,\"rps\":%.1f,\"mean_us\":%.0f}\n", threads, count / elapsed,
              elapsed * 1e6 * static_cast<double>(threads) / count);
}

}  // namespace

int main(int count, char** values) {
  try {
    const bench::Arguments arguments(count, values, {"threads", "seconds"});
    measure(arguments.number("threads", static_cast<long>(std::thread::hardware_concurrency())),
            arguments.number("seconds", 2));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hash: %s\n", error.what());
    return 1;
  }
}
