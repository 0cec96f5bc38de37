#include "demo/papers.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "demo/names.hpp"
#include "text/dates.hpp"

namespace eschool::demo {

namespace {

int digit(const std::string& digits, std::size_t at) { return digits[at] - '0'; }

/// Steps through all numbers below `size` without order: 7,919 is prime, so nothing comes twice.
int scattered(int counter, int size) { return static_cast<int>(counter * 7919LL % size); }

}  // namespace

std::string Papers::snils() {
  const auto digits = fmt::format("{:09}", 100'000'000 + scattered(++snils_, 99'999'989));
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += (9 - static_cast<int>(i)) * digit(digits, i);
  return fmt::format("{}-{}-{} {:02}", digits.substr(0, 3), digits.substr(3, 3), digits.substr(6), sum % 101 % 100);
}

std::string Papers::inn_of_person() {
  constexpr std::array weights{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
  auto digits = fmt::format("61{:08}", scattered(++inn_, 99'999'989));
  for (const std::size_t length : {10U, 11U}) {
    int sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += weights[weights.size() - length + i] * digit(digits, i);
    digits += static_cast<char>('0' + sum % 11 % 10);
  }
  return digits;
}

std::string Papers::passport() {
  return fmt::format("паспорт 60 {:02} {:06}", random_.between(4, 24), 100'000 + scattered(++paper_, 899'981));
}

std::string Papers::birth_certificate() {
  constexpr std::array series{"I-АН", "II-АН", "III-АН", "IV-АН", "V-АН"};
  return fmt::format("свидетельство о рождении {} № {:06}", random_.pick(series),
                     500'000 + scattered(++paper_, 499'979));
}

std::string Papers::phone() { return fmt::format("+7 990 {:07}", scattered(++phone_, 9'999'991)); }

std::string Papers::file_no(const std::string& surname) {
  const auto letter = surname.substr(0, 2);  // a Cyrillic capital: two bytes
  return fmt::format("{}-{}", letter, ++file_nos_[letter]);
}

std::string Papers::email(const text::FullName& name) {
  const auto base = latin(name.given_name) + '.' + latin(name.surname);
  const int count = ++emails_[base];
  return count == 1 ? base + "@example.ru" : fmt::format("{}{}@example.ru", base, count);
}

std::string later(const std::string& iso, int days) {
  auto date = text::add_days(iso, days);
  if (!date) throw std::logic_error("no date " + iso);
  return *date;
}

std::string iso_date(int year, int month, int day) { return fmt::format("{:04}-{:02}-{:02}", year, month, day); }

}  // namespace eschool::demo
