/// What documents say about people: numbers with true check digits that belong to nobody.
#pragma once

#include <map>
#include <string>

#include "demo/random.hpp"
#include "text/names.hpp"

namespace eschool::demo {

/// Gives each number out once.
class Papers {
 public:
  explicit Papers(Random& random) : random_(random) {}

  std::string snils();
  std::string inn_of_person();
  std::string passport();
  std::string birth_certificate();
  /// Mobile, of a range that no operator serves.
  std::string phone();
  /// «И-12»: the letter and the next number in the alphabetical book.
  std::string file_no(const std::string& surname);
  /// `name.surname@example.ru`; a number where two would be equal.
  std::string email(const text::FullName&);

 private:
  Random& random_;
  int snils_ = 0, inn_ = 0, paper_ = 0, phone_ = 0;
  std::map<std::string, int> file_nos_, emails_;
};

/// The date `days` after `iso`.
std::string later(const std::string& iso, int days);
/// «2026-09-01».
std::string iso_date(int year, int month, int day);

}  // namespace eschool::demo
