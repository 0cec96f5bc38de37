#include "text/patronymic.hpp"

#include <doctest/doctest.h>

using namespace eschool::text;

namespace {

struct Family {
  const char *father, *son, *daughter;
};

}  // namespace

TEST_CASE("patronymics by the father's name") {
  for (const auto& family : {
           Family{"Иван", "Иванович", "Ивановна"},
           {"Андрей", "Андреевич", "Андреевна"},
           {"Николай", "Николаевич", "Николаевна"},
           {"Игорь", "Игоревич", "Игоревна"},
           {"Юрий", "Юрьевич", "Юрьевна"},
           {"Анатолий", "Анатольевич", "Анатольевна"},
           {"Геннадий", "Геннадьевич", "Геннадьевна"},
           {"Дмитрий", "Дмитриевич", "Дмитриевна"},
           {"Георгий", "Георгиевич", "Георгиевна"},
           {"Арсений", "Арсеньевич", "Арсеньевна"},
           {"Никита", "Никитич", "Никитична"},
           {"Илья", "Ильич", "Ильинична"},
           {"Лука", "Лукич", "Лукинична"},
           {"Лев", "Львович", "Львовна"},
           {"Павел", "Павлович", "Павловна"},
           {"Пётр", "Петрович", "Петровна"},
           {"Яков", "Яковлевич", "Яковлевна"},
           {"Михаил", "Михайлович", "Михайловна"},
           {"Марко", "Маркович", "Марковна"},
           {"Милош", "Милошевич", "Милошевна"},
       }) {
    CHECK(patronymic_of(family.father, Sex::male) == family.son);
    CHECK(patronymic_of(family.father, Sex::female) == family.daughter);
  }
  CHECK(patronymic_of("", Sex::male).empty());
}

TEST_CASE("the sex is read back from what is made") {
  for (const char* father : {"Иван", "Илья", "Юрий", "Фома", "Савва", "Никита", "Лев"}) {
    CHECK(sex_by_patronymic(patronymic_of(father, Sex::male)) == Sex::male);
    CHECK(sex_by_patronymic(patronymic_of(father, Sex::female)) == Sex::female);
  }
}
