#include "kernel/school/plugin_hooks.hpp"

#include <fmt/format.h>

#include "kernel/registry/field_value.hpp"
#include "kernel/registry/problems.hpp"
#include "kernel/school/plugin_services.hpp"

namespace eschool::school {

using plugin_host::span;

namespace {

std::vector<es_field> fields_of(const access::Policy& policy, const schema::Registry& registry,
                                const registry::Values* values) {
  std::vector<es_field> fields;
  if (!values) return fields;
  fields.reserve(values->size());
  for (const auto& [name, value] : *values)
    fields.push_back({span(name), to_abi(policy.catalogue().locate(registry, name).field, value)});
  return fields;
}

}  // namespace

void PluginHooks::run(Phase phase, registry::HookCall& hook) {
  const auto number = phase == Phase::derive     ? ES_HOOK_DERIVE
                      : phase == Phase::validate ? ES_HOOK_VALIDATE
                      : phase == Phase::after    ? ES_HOOK_AFTER
                                                 : ES_HOOK_ARCHIVE;
  if (!host_.has_hooks(hook.registry.id, static_cast<std::uint32_t>(number))) return;
  if (const auto label = host_.suspended_hook(*enabled_(), hook.registry.id, static_cast<std::uint32_t>(number));
      !label.empty())
    throw registry::problem(503, "plugin_suspended", "Модуль приостановлен",
                            fmt::format("Записи реестра «{}» проверяет модуль «{}», а он приостановлен: ничего не "
                                        "изменено. Сообщите администратору школы.",
                                        hook.registry.label, label));
  PluginServices services(policy_, query_, writer_, hook.session, hook.asker);
  es_call call(services, true);
  describe_caller(call, hook.asker, school_);
  // The plugin reads a copy: it may set values while it walks over them.
  const registry::Values after_copy = hook.after;
  const auto before = fields_of(policy_, hook.registry, hook.before);
  const auto after = fields_of(policy_, hook.registry, &after_copy);
  const es_change change{sizeof(es_change),
                         static_cast<std::uint32_t>(number),
                         span(hook.registry.id),
                         hook.id,
                         before.empty() ? nullptr : before.data(),
                         before.size(),
                         after.empty() ? nullptr : after.data(),
                         after.size()};
  plugin_host::PluginHost::HookSink sink;
  sink.set = [&](std::string_view name, const es_value& value) {
    const auto located = policy_.catalogue().locate(hook.registry, name);
    if (!located) return false;
    auto checked = registry::from_value(*located.field, from_abi(value));
    if (!checked.ok()) return false;
    hook.after[std::string(name)] = std::move(checked.value);
    return true;
  };
  sink.reject = [&](std::string_view field, std::string_view code, std::string_view message) {
    hook.errors.push_back({std::string(field), std::string(code), std::string(message)});
  };
  sink.warn = [&](std::string_view message) { hook.warnings.emplace_back(message); };

  const auto status = host_.run_hooks(*enabled_(), change, call, sink);
  if (status == ES_OK) return;
  if (!call.failures.empty()) {
    for (const auto& failure : call.failures) hook.errors.push_back({failure.field, failure.code, failure.message});
    return;
  }
  if (services.problem()) throw http::ProblemError{*services.problem()};
  throw registry::problem(
      500, "plugin_fault", "Сбой модуля",
      fmt::format("Модуль не смог проверить запись реестра «{}»; ничего не изменено.", hook.registry.label));
}

}  // namespace eschool::school
