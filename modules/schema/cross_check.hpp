/// Checks that need more than one file. Internal to Catalogue::build.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalogue.hpp"

namespace eschool::schema {

/// Why registries were left out: id to "schemas/school/class.json:12".
using Causes = std::map<std::string, std::string, std::less<>>;

/// What is wrong in what one file declares of the registry `whole`, which has its extensions' parts already.
class CrossCheck {
 public:
  CrossCheck(const Catalogue& catalogue, const Causes& causes, const Registry& whole, const std::string& file,
             const Lines& lines)
      : catalogue_(catalogue), causes_(causes), whole_(whole), file_(file), lines_(lines) {}

  void registry(const Registry& declared);
  void extension(const Extension& declared);
  std::vector<LoadError> take() { return std::move(errors_); }

 private:
  void error(std::string_view key, std::string message);
  const Registry* need(std::string_view id, std::string_view key);

  void facet();
  void fields(const std::vector<Field>&);
  void back_reference(const Field&, const std::string& key);
  void reserved_by_text(const std::vector<Field>&);
  void groups(const Registry&);
  void checks(const std::vector<DataCheck>&);
  void views(const Views&);
  void related(const RelatedList& declared, const std::string& key);
  void sort(const std::string&);
  void import(const ImportView&);
  void import_column(const ImportColumn&, const std::string& key);
  void reference_paths(const std::vector<std::string>&, std::string_view key);
  void names(const std::vector<std::string>&, std::string_view key, bool kernel_columns_too);
  void path(std::string_view dotted, std::string_view key);
  void display(std::string_view text, std::string_view key);

  const Catalogue& catalogue_;
  const Causes& causes_;
  const Registry& whole_;
  const std::string& file_;
  const Lines& lines_;
  std::vector<LoadError> errors_;
};

/// The message with the cause added when it names a registry that was left out.
std::string with_cause(std::string message, const Causes&);

}  // namespace eschool::schema
