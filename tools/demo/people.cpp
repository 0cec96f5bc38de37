#include "demo/people.hpp"

#include <fmt/format.h>

#include <array>

#include "text/patronymic.hpp"

namespace eschool::demo {

using text::Sex;

text::FullName PeopleMaker::name(Sex sex, const Surname& family, Generation generation, const std::string& father) {
  for (;;) {
    // A grown-up's father is one generation older; which name he had matters for the patronymic only.
    const auto of_father = father.empty() ? given_name(random_, Sex::male, Generation::parent) : father;
    text::FullName name{family.of(sex), given_name(random_, sex, generation), text::patronymic_of(of_father, sex)};
    if (taken_.insert(name.surname + ' ' + name.given_name + ' ' + name.patronymic).second) return name;
  }
}

Person PeopleMaker::adult(Sex sex, const Surname& family, Generation generation, int first_year, int last_year) {
  Person person{
      .name = name(sex, family, generation, {}),
      .sex = sex,
      .birth_date = iso_date(random_.between(first_year, last_year), random_.between(1, 12), random_.between(1, 28)),
      .snils = papers_.snils(),
      .document = papers_.passport(),
      .phone = papers_.phone(),
      .email = {},
      .address = {}};
  if (generation != Generation::grandparent || random_.chance(40)) person.email = papers_.email(person.name);
  return person;
}

Person PeopleMaker::child(Sex sex, const Surname& family, const std::string& father, std::string birth_date,
                          bool has_passport) {
  Person person{.name = name(sex, family, Generation::child, father),
                .sex = sex,
                .birth_date = std::move(birth_date),
                .snils = papers_.snils(),
                .document = has_passport ? papers_.passport() : papers_.birth_certificate(),
                .phone = {},
                .email = {},
                .address = {}};
  if (has_passport) {
    person.phone = papers_.phone();
    person.email = papers_.email(person.name);
  }
  return person;
}

std::string PeopleMaker::address() {
  constexpr std::array streets{"ул. Садовая",   "ул. Зелёная",     "ул. Степная",    "пр. Мира",
                               "ул. Береговая", "ул. Школьная",    "пер. Тенистый",  "ул. Вишнёвая",
                               "ул. Казачья",   "пр. Космонавтов", "ул. Каштановая", "ул. Первой Конной",
                               "пер. Донской",  "ул. Виноградная", "ул. Лётная",     "бул. Платановый"};
  return fmt::format("г. Ростов-на-Дону, {}, д. {}, кв. {}", random_.pick(streets), random_.between(1, 120),
                     random_.between(1, 160));
}

}  // namespace eschool::demo
