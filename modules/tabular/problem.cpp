#include "tabular/problem.hpp"

#include <utility>

namespace eschool::tabular {

ReadProblem problem_of_file(std::string code, std::string message) {
  return {.code = std::move(code), .message = std::move(message), .sheet = {}, .row = 0, .column = {}};
}

void fail(std::string code, std::string message) {
  throw Failure{problem_of_file(std::move(code), std::move(message))};
}

void fail_damaged(const std::string& where) {
  fail("damaged", "Файл повреждён: " + where +
                      ". Откройте его в Excel или LibreOffice, сохраните заново как «Книга Excel (.xlsx)» и загрузите "
                      "ещё раз.");
}

ReadProblem file_too_large(const Caps& caps) {
  return problem_of_file("file_too_large",
                         "Файл больше " + std::to_string(caps.file_bytes >> 20) +
                             " МиБ. Удалите из него рисунки и лишние листы или разделите на несколько файлов.");
}

ReadProblem cpu_limit_passed(const Caps& caps) {
  return problem_of_file("cpu_limit", "Чтение файла занимает слишком много времени (больше " +
                                          std::to_string(caps.cpu_seconds) +
                                          " с). Сохраните его заново как «Книга Excel (.xlsx)» или разделите на "
                                          "несколько файлов.");
}

ReadProblem memory_exhausted() {
  return problem_of_file("memory_limit", "Для чтения файла не хватило памяти. Разделите его на несколько файлов.");
}

}  // namespace eschool::tabular
