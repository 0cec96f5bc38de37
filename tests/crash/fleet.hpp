#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "ledger.hpp"

namespace eschool::test {

/// Clients that write without a pause, each on a connection of its own, and note what they are told.
class Fleet {
 public:
  /// `round` makes the marks of this fleet differ from those of others on the same school. Writing begins at once and
  /// adds to `ledgers`, one for each client.
  Fleet(std::uint16_t port, const std::string& token, int round, std::vector<Ledger>& ledgers);
  ~Fleet();  ///< as stop()
  /// Ends after the requests under way; also when the server is gone.
  void stop();
  std::int64_t acknowledged() const;
  /// How many orders of its ledger each client has been told to be done.
  std::vector<std::size_t> progress() const;

 private:
  void work(std::uint16_t port, const std::string& token, int round, std::size_t client, Ledger&);

  std::atomic<bool> stopping_{false};
  const std::vector<std::size_t> before_;  ///< orders of earlier fleets
  std::vector<std::atomic<std::size_t>> acknowledged_;
  std::vector<std::thread> threads_;
};

/// Sends an order and notes the answer; false when the connection broke or the answer was not one of success.
bool send(Connection&, Order&, Ledger&);

}  // namespace eschool::test
