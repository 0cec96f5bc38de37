/// What the writing clients asked for and what they were told, and whether a database agrees with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace eschool::test {

/// The values that an update gives a student: one is kept with the person, one with the student, so that a torn write
/// shows.
struct Change {
  std::string student;  ///< mark of the student
  std::string address, file_no;
};

/// One request, exactly as it was sent: it can be repeated word by word.
struct Order {
  std::string key;  ///< Idempotency-Key, also part of every mark
  std::string method, target, body;
  std::vector<std::string> creates;  ///< marks of the students it makes
  std::vector<Change> changes;
  bool acknowledged = false;
};

/// The orders of one client, in the order of sending: only the last of them can be unacknowledged.
struct Ledger {
  std::vector<Order> orders;
  std::map<std::string, std::int64_t> students;  ///< id by mark, as the server told them
  std::string unexpected;                        ///< a reply that no client should get; ends the client
};

/// Surname of all persons that the clients make; the marks stand in admission_order_no, which is not unique in the
/// schema: only the Idempotency-Key keeps a repeated request from making a second record.
inline constexpr const char* surname = "Сбоев";

struct Verdict {
  std::vector<std::string> faults;                     ///< what does not agree, at most twenty
  std::int64_t students = 0;                           ///< found
  std::int64_t done_unacknowledged = 0, not_done = 0;  ///< of the unacknowledged orders
};

/// Compares a copy of the database (not a living one) with the ledgers: every acknowledged order is there whole, an
/// unacknowledged one whole or not at all, none without those that its client sent before, no student without person or
/// the other way round, and each with its history. With `at_least` the copy is of an earlier moment: of each client
/// only so many orders must be there, the later ones may.
Verdict compare(const std::filesystem::path& copy, const std::vector<Ledger>&,
                const std::vector<std::size_t>& at_least = {});

}  // namespace eschool::test
