/// Makes people one at a time.
#pragma once

#include <set>
#include <string>

#include "demo/lyceum.hpp"
#include "demo/names.hpp"
#include "demo/papers.hpp"
#include "demo/random.hpp"

namespace eschool::demo {

class PeopleMaker {
 public:
  explicit PeopleMaker(Random& random) : random_(random), papers_(random) {}

  /// Born within [first, last] of years; named by the generation. With a father's name the patronymic is his.
  Person adult(text::Sex, const Surname&, Generation, int first_year, int last_year);
  /// `birth_date` is given: pupils are born by their class.
  Person child(text::Sex, const Surname&, const std::string& father, std::string birth_date, bool has_passport);
  std::string address();

  Papers& papers() { return papers_; }

 private:
  /// Nobody here has the full name of another: files refer to teachers and parents by it.
  text::FullName name(text::Sex, const Surname&, Generation, const std::string& father);

  Random& random_;
  Papers papers_;
  std::set<std::string> taken_;
};

}  // namespace eschool::demo
