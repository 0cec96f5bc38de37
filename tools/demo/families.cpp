#include "demo/families.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

namespace eschool::demo {

namespace {

using text::Sex;

constexpr std::array work_places{"ООО «Донская мануфактура»",
                                 "АО «Ростсельтехника»",
                                 "Городская больница № 20",
                                 "Детская поликлиника № 4",
                                 "ИП",
                                 "ООО «Южный берег»",
                                 "Почтовое отделение",
                                 "Северо-Кавказская дорога",
                                 "Строительный трест",
                                 "Областная библиотека",
                                 "Аэропорт",
                                 "Домохозяйство"};

class FamilyMaker {
 public:
  FamilyMaker(Random& random, PeopleMaker& people, Lyceum& lyceum) : random_(random), people_(people), lyceum_(lyceum) {
    for (std::size_t i = 0; i < lyceum_.classes.size(); ++i)
      for (int seat = 0; seat < lyceum_.classes[i].size; ++seat) seats_.push_back(i);
    random_.shuffle(seats_);
    for (std::size_t i = 0; i < lyceum_.employees.size(); ++i) {
      const int age = lyceum_.year - std::stoi(lyceum_.employees[i].person.birth_date);
      if (lyceum_.employees[i].person.sex == Sex::female && age >= 32 && age <= 46) colleagues_.push_back(i);
    }
    random_.shuffle(colleagues_);
  }

  void run(std::size_t parents) {
    while (!seats_.empty()) family();
    if (lyceum_.parents.size() > parents) throw std::logic_error("pupils need more parents than were asked for");
    for (std::size_t i = 0; lyceum_.parents.size() < parents; ++i) grandmother(families_.at(i));
  }

 private:
  struct Family {
    std::vector<std::size_t> pupils;
    std::string address;
  };

  void family() {
    const auto family_name = surname(random_);
    Family family{.pupils = {}, .address = people_.address()};
    const bool brought_up_by_others = random_.chance(1);
    const auto mother = brought_up_by_others ? std::nullopt : std::optional(mother_of(family_name));
    auto father = people_.adult(Sex::male, family_name, Generation::parent, lyceum_.year - 52, lyceum_.year - 32);

    const std::size_t children = random_.chance(11) ? (random_.chance(10) ? 3 : 2) : 1;
    for (std::size_t i = 0; i < children && !seats_.empty(); ++i)
      family.pupils.push_back(pupil(family_name, father.name.given_name, family.address));

    const auto add = [&](Person person, const char* kinship, std::string work) {
      person.address = family.address;
      Parent parent{.person = std::move(person), .work_place = std::move(work), .children = {}};
      for (const auto pupil : family.pupils) parent.children.push_back({pupil, kinship});
      lyceum_.parents.push_back(std::move(parent));
    };
    if (mother) {
      add(mother->person, "мать", mother->work_place);
      if (random_.chance(80)) add(std::move(father), "отец", random_.pick(work_places));
    } else {
      add(people_.adult(Sex::female, family_name, Generation::grandparent, lyceum_.year - 68, lyceum_.year - 52),
          "опекун", random_.pick(work_places));
    }
    families_.push_back(std::move(family));
  }

  struct Mother {
    Person person;
    std::string work_place;
  };

  /// Sometimes she works here: then she is the same person in two registries, with one СНИЛС in both files, and keeps a
  /// surname of her own.
  Mother mother_of(const Surname& family_name) {
    if (!colleagues_.empty() && random_.chance(3)) {
      const auto& colleague = lyceum_.employees[colleagues_.back()].person;
      colleagues_.pop_back();
      return {colleague, "Лицей"};
    }
    return {people_.adult(Sex::female, family_name, Generation::parent, lyceum_.year - 46, lyceum_.year - 30),
            random_.pick(work_places)};
  }

  std::size_t pupil(const Surname& family_name, const std::string& father, const std::string& address) {
    const auto seat = seats_.back();
    seats_.pop_back();
    const int grade = lyceum_.classes[seat].grade;
    // The first grade takes children from six and a half to eight years old on 1 September.
    const auto born = later(iso_date(lyceum_.year - 5 - grade, 2, 20), -random_.between(0, 380));
    const auto sex = random_.chance(51) ? Sex::male : Sex::female;
    const bool has_passport = born <= iso_date(lyceum_.year - 14, 8, 1);
    // Most came to the first grade, some later.
    const int years_here = random_.chance(78) ? grade - 1 : random_.between(0, grade - 1);
    const int admitted = lyceum_.year - years_here;
    Pupil pupil{.person = people_.child(sex, family_name, father, born, has_passport),
                .school_class = seat,
                .file_no = people_.papers().file_no(family_name.male),
                .order_no = fmt::format("{}-з", random_.between(3, 80)),
                .order_date = iso_date(admitted, random_.pick(std::array{6, 7, 8}), random_.between(1, 30)),
                .health_group = random_.pick(std::array{"I", "II", "II", "II", "III", "I"})};
    pupil.person.address = address;
    lyceum_.pupils.push_back(std::move(pupil));
    return lyceum_.pupils.size() - 1;
  }

  void grandmother(const Family& family) {
    auto person =
        people_.adult(Sex::female, surname(random_), Generation::grandparent, lyceum_.year - 74, lyceum_.year - 54);
    person.address = random_.chance(30) ? family.address : people_.address();
    Parent parent{.person = std::move(person), .work_place = {}, .children = {}};
    for (const auto pupil : family.pupils) parent.children.push_back({pupil, "бабушка"});
    lyceum_.parents.push_back(std::move(parent));
  }

  Random& random_;
  PeopleMaker& people_;
  Lyceum& lyceum_;
  std::vector<std::size_t> seats_;       ///< class of every place still free
  std::vector<std::size_t> colleagues_;  ///< employed women of an age to have children at school
  std::vector<Family> families_;
};

}  // namespace

void make_families(Random& random, PeopleMaker& people, Lyceum& lyceum, std::size_t parents) {
  FamilyMaker(random, people, lyceum).run(parents);
}

void enter_twice(Lyceum& lyceum) {
  constexpr std::size_t letter = 2;  // bytes of a Cyrillic one
  const auto known = std::find_if(lyceum.parents.rbegin(), lyceum.parents.rend(), [](const Parent& parent) {
    return parent.children.size() == 2 && parent.children.front().kinship == "мать" && parent.work_place != "Лицей" &&
           parent.person.name.surname.size() >= 7 * letter;
  });
  if (known == lyceum.parents.rend()) throw std::logic_error("no mother of two");
  Parent again = *known;
  known->children.pop_back();
  again.children.erase(again.children.begin());
  again.person.snils.clear();
  again.person.name.surname.erase(3 * letter, letter);
  lyceum.parents.push_back(std::move(again));
}

}  // namespace eschool::demo
