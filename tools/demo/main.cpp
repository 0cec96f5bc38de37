/// Writes the Excel files of a lyceum that does not exist: demo_lyceum SEED YEAR FOLDER. On standard output: the people
/// whose accounts the demo shows, a line each: ROLE <tab> full name <tab> what they are.
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "demo/lyceum.hpp"
#include "demo/sheets.hpp"

namespace {

using namespace eschool::demo;

void show(const char* role, const Person& person, const std::string& what) {
  std::printf("%s\t%s\t%s\n", role, person.full_name().c_str(), what.c_str());
}

const Employee& with_post(const Lyceum& lyceum, const std::string& post) {
  for (const auto& employee : lyceum.employees)
    if (employee.post.starts_with(post)) return employee;
  throw std::logic_error("nobody is " + post);
}

/// One person for each role that is about somebody; the parent has two children here where there is such a one.
void show_people(const Lyceum& lyceum) {
  show("director", with_post(lyceum, "Директор").person, "Директор");
  show("deputy", with_post(lyceum, "Заместитель директора по УВР").person, "Заместитель директора по УВР");
  show("sysadmin", with_post(lyceum, "Системный администратор").person, "Системный администратор");
  show("operator", with_post(lyceum, "Секретарь").person, "Оператор");
  show("hr", with_post(lyceum, "Специалист по кадрам").person, "Отдел кадров");
  show("teacher", with_post(lyceum, "Учитель физики").person, "Учитель физики");
  const auto* parent = &lyceum.parents.front();
  for (const auto& other : lyceum.parents)
    if (other.children.size() > 1 && other.children.front().kinship == "мать") {
      parent = &other;
      break;
    }
  const auto& pupil = lyceum.pupils[parent->children.front().pupil];
  const auto& pupils_class = lyceum.classes[pupil.school_class];
  show("homeroom_teacher", lyceum.employees[pupils_class.homeroom_teacher].person,
       "Классный руководитель " + pupils_class.name);
  show("student", pupil.person, "Ученик, " + pupils_class.name);
  show("guardian", parent->person, "Родитель двоих детей");
}

}  // namespace

int main(int count, char** values) {
  try {
    if (count != 4) throw std::runtime_error("usage: demo_lyceum SEED YEAR FOLDER");
    const auto lyceum = make_lyceum(std::stoull(values[1]), std::stoi(values[2]));
    write_sheets(lyceum, values[3]);
    show_people(lyceum);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "demo_lyceum: %s\n", error.what());
    return 1;
  }
}
