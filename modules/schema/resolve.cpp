#include "schema/resolve.hpp"

#include "schema/names.hpp"

namespace eschool::schema {
namespace {

using rules::Expression;

std::string no_field(const Registry& registry, std::string_view name) {
  return "нет поля «" + std::string(name) + "» в реестре " + registry.id;
}

std::vector<std::string> split(std::string_view dotted) {
  std::vector<std::string> names(1);
  for (const char c : dotted) {
    if (c == '.')
      names.emplace_back();
    else
      names.back() += c;
  }
  return names;
}

class RuleCheck {
 public:
  explicit RuleCheck(const Catalogue& catalogue) : catalogue_(catalogue) {}

  /// What is wrong, and the byte where; the message without the place.
  std::optional<rules::SyntaxError> run(const Registry& root, const Expression& e) const {
    switch (e.kind) {
      case Expression::Kind::constant:
        return std::nullopt;
      case Expression::Kind::test:
        return test(root, e);
      case Expression::Kind::any: {
        const auto target = resolve_any(catalogue_, root, e);
        if (const auto* problem = std::get_if<std::string>(&target)) return rules::SyntaxError{e.offset, *problem};
        return run(*std::get<AnyTarget>(target).registry, e.children.at(0));
      }
      default:
        for (const auto& child : e.children)
          if (auto problem = run(root, child)) return problem;
        return std::nullopt;
    }
  }

 private:
  std::optional<rules::SyntaxError> test(const Registry& root, const Expression& e) const {
    const auto resolved = resolve(catalogue_, root, e.path);
    if (const auto* problem = std::get_if<std::string>(&resolved)) return rules::SyntaxError{e.offset, *problem};
    const Step& last = std::get<std::vector<Step>>(resolved).back();
    const bool boolean = last.field ? last.field->type == FieldType::boolean : last.name == "archived";
    if (e.compare == rules::Compare::truthy && !boolean)
      return rules::SyntaxError{e.offset, "поле «" + last.name + "» не да/нет: его нужно с чем-то сравнить"};
    return std::nullopt;
  }

  const Catalogue& catalogue_;
};

}  // namespace

Resolved resolve(const Catalogue& catalogue, const Registry& root, const std::vector<std::string>& path) {
  std::vector<Step> steps;
  const Registry* at = &root;
  if (path.empty()) return "пустой путь";
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string& name = path[i];
    const bool last = i + 1 == path.size();
    const auto located = catalogue.locate(*at, name);
    if (!located) {
      if (!is_kernel_column(name)) return no_field(*at, name);
      if (!last) return "после «" + name + "» не может стоять точка: это не ссылка";
      steps.push_back({at, nullptr, name});
      continue;
    }
    if (!located.field->has_column())
      return "«" + name + "» — список дочерних записей: условие на них пишется через any";
    if (located.owner != at) steps.push_back({at, at->find(at->facet_by), at->facet_by});
    steps.push_back({located.owner, located.field, name});
    if (last) break;
    if (located.field->type != FieldType::reference) return "после «" + name + "» не может стоять точка: это не ссылка";
    at = catalogue.find(located.field->target);
    if (!at) return "нет реестра " + located.field->target;
  }
  return steps;
}

Resolved resolve_dotted(const Catalogue& catalogue, const Registry& root, std::string_view path) {
  return resolve(catalogue, root, split(path));
}

std::variant<AnyTarget, std::string> resolve_any(const Catalogue& catalogue, const Registry& root,
                                                 const Expression& any) {
  const Registry* registry = catalogue.find(any.registry);
  if (!registry) return "нет реестра " + any.registry;
  const Field* field = registry->find(any.field);
  if (!field) return no_field(*registry, any.field);
  if (field->type != FieldType::reference) return "поле " + any.registry + "." + any.field + " не ссылка";
  if (field->target == root.id) return AnyTarget{registry, field, false};
  if (field->target == root.facet_of) return AnyTarget{registry, field, true};
  return "поле " + any.registry + "." + any.field + " ссылается на " + field->target + ", а не на " + root.id;
}

std::optional<std::string> check_rule(const Catalogue& catalogue, const Registry& root, const Expression& e) {
  const auto problem = RuleCheck(catalogue).run(root, e);
  if (!problem) return std::nullopt;
  return problem->message;
}

std::optional<std::string> check_rule(const Catalogue& catalogue, const Registry& root, std::string_view rule) {
  const auto parsed = rules::parse(rule);
  if (const auto* problem = std::get_if<rules::SyntaxError>(&parsed)) return problem->message;
  const auto problem = RuleCheck(catalogue).run(root, std::get<Expression>(parsed));
  if (!problem) return std::nullopt;
  return problem->message + " (позиция " + std::to_string(rules::position(rule, problem->offset)) + ")";
}

std::optional<std::vector<std::string>> template_fields(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; (at = text.find_first_of("{}", at)) != std::string_view::npos;) {
    if (text[at] == '}') return std::nullopt;
    const auto end = text.find_first_of("{}", at + 1);
    if (end == std::string_view::npos || text[end] == '{' || end == at + 1) return std::nullopt;
    names.emplace_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

}  // namespace eschool::schema
