/// Writes a workbook of pupils as a school fills it, the same every time: bench_workbook ROWS FILE.xlsx. Nobody in it
/// exists.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tabular/writer.hpp"

namespace {

using eschool::tabular::Cell;
using eschool::tabular::Column;

template <std::size_t size>
std::string pick(const std::array<const char*, size>& words, int number) {
  return words[static_cast<std::size_t>(number) % size];
}

std::string padded(int number, int width) {
  auto text = std::to_string(number);
  return std::string(static_cast<std::size_t>(width) - text.size(), '0') + text;
}

std::string date(int year, int number) {
  return std::to_string(year) + "-" + padded(number % 12 + 1, 2) + "-" + padded(number % 28 + 1, 2);
}

/// A СНИЛС with its check number.
std::string snils(int number) {
  const auto digits = padded(200'000'000 + number, 9);
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (9 - i) * (digits[static_cast<std::size_t>(i)] - '0');
  return digits.substr(0, 3) + "-" + digits.substr(3, 3) + "-" + digits.substr(6) + " " + padded(sum % 101 % 100, 2);
}

std::vector<Cell> pupil(int i) {
  constexpr std::array surnames{"Абрамов", "Белов", "Волков", "Громов", "Дёмин", "Егоров", "Жуков", "Зайцев"};
  constexpr std::array given_names{"Артём", "Борис", "Виктор", "Глеб", "Денис", "Егор", "Захар", "Илья", "Кирилл"};
  constexpr std::array patronymics{"Андреевич", "Борисович", "Викторович", "Глебович", "Денисович", "Егорович"};
  constexpr std::array letters{"А", "Б", "В", "Г", "Д"};
  constexpr std::array groups{"I", "II", "III"};
  const int grade = i % 10 + 1;
  return {Cell::of_text(std::to_string(grade) + pick(letters, i / 10)),
          Cell::of_text(pick(surnames, i)),
          Cell::of_text(pick(given_names, i / 8)),
          Cell::of_text(pick(patronymics, i / 72)),
          Cell::of_text("м"),
          Cell::of_date(date(2018 - grade, i)),
          Cell::of_text(snils(i)),
          Cell::of_text("Свидетельство о рождении IV-АБ " + std::to_string(600'000 + i)),
          Cell::of_text("И-" + std::to_string(i + 1)),
          Cell::of_date(date(2024, i)),
          Cell::of_text(std::to_string(i % 90 + 1) + "-з"),
          Cell::of_text("г. Примерный, ул. Садовая, д. " + std::to_string(i % 120 + 1) + ", кв. " +
                        std::to_string(i % 90 + 1)),
          Cell::of_text(pick(groups, i)),
          Cell::of_text("8 903 " + padded(1'000'000 + i, 7)),
          Cell::of_text("pupil" + std::to_string(i) + "@example.ru")};
}

}  // namespace

int main(int count, char** values) {
  try {
    if (count != 3) throw std::runtime_error("usage: bench_workbook ROWS FILE.xlsx");
    std::vector<Column> columns;
    for (const auto* header :
         {"Класс", "Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "СНИЛС", "Документ (вид, серия, номер)",
          "№ личного дела", "Дата приказа о зачислении", "№ приказа", "Адрес", "Группа здоровья", "Телефон", "E-mail"})
      columns.push_back({.header = header});
    std::vector<std::vector<Cell>> rows;
    for (int i = 0; i < std::atoi(values[1]); ++i) rows.push_back(pupil(i));
    std::ofstream file(values[2], std::ios::binary);
    file << eschool::tabular::write_xlsx("Ученики", columns, rows);
    if (!file.flush()) throw std::runtime_error(std::string("cannot write ") + values[2]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "workbook: %s\n", error.what());
    return 1;
  }
}
