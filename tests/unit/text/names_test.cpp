#include "text/names.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;

TEST_CASE("a full name of three words") {
  CHECK(split_full_name("Глушко Екатерина Львовна") == FullName{"Глушко", "Екатерина", "Львовна"});
  CHECK(split_full_name("  Позднякова\u00A0Эльвира  Никитична ") == FullName{"Позднякова", "Эльвира", "Никитична"});
  CHECK(split_full_name("иванов ПЁТР ильич") == FullName{"иванов", "ПЁТР", "ильич"});
}

TEST_CASE("no patronymic") {
  CHECK(split_full_name("Ли Анна") == FullName{"Ли", "Анна", ""});
  CHECK(split_full_name("Ли Анна -") == FullName{"Ли", "Анна", ""});
  CHECK(split_full_name("Ли Анна —") == FullName{"Ли", "Анна", ""});
}

TEST_CASE("four words") {
  CHECK(split_full_name("Мамедов Али Гасан оглы") == FullName{"Мамедов", "Али", "Гасан оглы"});
  CHECK(split_full_name("Мамедова Лейла Гасан Кызы") == FullName{"Мамедова", "Лейла", "Гасан Кызы"});
  CHECK(split_full_name("Салтыков Щедрин Михаил Евграфович") == FullName{"Салтыков Щедрин", "Михаил", "Евграфович"});
  CHECK(split_full_name("Аль Ахмед Хасан Фарид") == FullName{"Аль", "Ахмед", "Хасан Фарид"});
}

TEST_CASE("a double surname stays one word") {
  CHECK(split_full_name("Мамин-Сибиряк Дмитрий Наркисович") == FullName{"Мамин-Сибиряк", "Дмитрий", "Наркисович"});
  CHECK(split_full_name("Мамин – Сибиряк Дмитрий Наркисович") == FullName{"Мамин-Сибиряк", "Дмитрий", "Наркисович"});
  CHECK(split_full_name("Мамедов Али Гасан-оглы") == FullName{"Мамедов", "Али", "Гасан-оглы"});
}

TEST_CASE("what is not a full name") {
  for (const char* text : {"", " ", "-", "Глушко", "Глушко -", "Мамедов Гасан оглы", "Гасан оглы", "а б в г д"})
    CHECK_MESSAGE(!split_full_name(text), text);
}

TEST_CASE("tidy_name unifies hyphens and apostrophes") {
  CHECK(tidy_name("Иванова - Петрова") == "Иванова-Петрова");
  CHECK(tidy_name("Иванова- Петрова") == "Иванова-Петрова");
  CHECK(tidy_name("Иванова\u2011Петрова") == "Иванова-Петрова");
  CHECK(tidy_name("О’Коннор") == "О'Коннор");
  CHECK(tidy_name("Е\u0308лкина ") == "Ёлкина");
  CHECK(tidy_name("") == "");
}

TEST_CASE("Latin look-alikes in Cyrillic words are replaced") {
  const auto fixed = [](std::string_view text) {
    const Lookalikes result = fix_lookalikes(text);
    CHECK_MESSAGE(result.changed, text);
    return result.text;
  };
  CHECK(fixed("Ивaнов") == "Иванов");
  CHECK(fixed("Pоманова") == "Романова");
  CHECK(fixed("Сeмëнов") == "Семёнов");
  CHECK(fixed("Иванов-Пeтров Cергей") == "Иванов-Петров Сергей");
  CHECK(fixed("ЯABEKMHOPCTXY") == "ЯАВЕКМНОРСТХУ");
  CHECK(fixed("яacekopxy") == "яасекорху");
}

TEST_CASE("words without Cyrillic and words that cannot be mended stay") {
  for (const char* text : {"", "Иванов", "HOBAK", "Microsoft Excel", "класс COM", "5A", "Ивaнqв", "IТ-класс", "— «»"}) {
    const Lookalikes result = fix_lookalikes(text);
    CHECK_FALSE_MESSAGE(result.changed, text);
    CHECK(result.text == text);
  }
}

TEST_CASE("only the words concerned change") { CHECK(fix_lookalikes("Ивaнов COM Пeтров").text == "Иванов COM Петров"); }

TEST_CASE("sex by the patronymic") {
  for (const char* text :
       {"Львович", "Ильич", "ФОМИЧ", "Никитич ", "Гасан оглы", "Гасан-оглы", "Гасаноглы", "Асан уулу"})
    CHECK_MESSAGE(sex_by_patronymic(text) == Sex::male, text);
  for (const char* text : {"Львовна", "Ильинична", "СЕРГЕЕВНА", "Артёмовна", "Гасан кызы", "Гасан-Кызы"})
    CHECK_MESSAGE(sex_by_patronymic(text) == Sex::female, text);
  for (const char* text : {"", "-", "Иванов", "на", "ич", "Хуан"}) CHECK_MESSAGE(!sex_by_patronymic(text), text);
}
