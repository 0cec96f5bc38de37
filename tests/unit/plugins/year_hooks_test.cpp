// The hooks of the school plugin against a host of a dozen lines: school years in memory, written through the same
// hooks.
#include "school/year_hooks.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "school/class_hooks.hpp"

using namespace eschool;
using plugin::to_view;

namespace {

struct Year {
  std::string name, starts_on, ends_on;
  bool current = false;
};

struct School {
  std::map<std::int64_t, Year> years;
  bool may_write = true;
  std::string today = "2026-11-24";

  std::vector<std::string> rejected;  ///< codes
  plugin::Host host;

  School();
  es_call* raw() { return reinterpret_cast<es_call*>(this); }
  /// As the kernel does it: derive, validate, store, after. The id, or 0 when a hook rejected.
  std::int64_t put(std::int64_t id, Year year);
  std::vector<std::string> current() const {
    std::vector<std::string> names;
    for (const auto& [id, year] : years)
      if (year.current) names.push_back(year.name);
    return names;
  }
};

School& school_of(const es_call* call) { return *const_cast<School*>(reinterpret_cast<const School*>(call)); }

es_value text(const std::string& value) { return value.empty() ? plugin::Value().raw() : plugin::Value(value).raw(); }

std::vector<es_field> fields(const Year& year) {
  return {{plugin::to_abi("name"), text(year.name)},
          {plugin::to_abi("starts_on"), text(year.starts_on)},
          {plugin::to_abi("ends_on"), text(year.ends_on)},
          plugin::field("current", year.current ? 1 : 0)};
}

void assign(Year& year, std::string_view name, const plugin::Value& value) {
  if (name == "name") year.name = value.text();
  if (name == "starts_on") year.starts_on = value.text();
  if (name == "ends_on") year.ends_on = value.text();
  if (name == "current") year.current = value.integer().value_or(0) != 0;
}

/// What hooks answer, for a year (set() goes into it) or for any other record (set() goes into `values`).
struct Answers {
  School* school = nullptr;
  Year* year = nullptr;
  std::map<std::string, std::string> values;  ///< as text
  es_hook_out out{};

  Answers(School& of, Year* into) : school(&of), year(into) {
    out.size = sizeof out;
    out.sink = this;
    out.set = [](void* sink, es_str name, const es_value* raw) noexcept -> es_status {
      auto& self = *static_cast<Answers*>(sink);
      const plugin::Value value(*raw);
      if (self.year) assign(*self.year, to_view(name), value);
      self.values[std::string(to_view(name))] =
          value.integer() ? std::to_string(*value.integer()) : std::string(value.text());
      return ES_OK;
    };
    out.reject = [](void* sink, es_str, es_str code, es_str) noexcept -> es_status {
      static_cast<Answers*>(sink)->school->rejected.emplace_back(to_view(code));
      return ES_OK;
    };
    out.warn = [](void*, es_str) noexcept -> es_status { return ES_OK; };
  }
};

const es_call_api call_api = [] {
  es_call_api api{};
  api.size = sizeof api;
  api.today = [](const es_call* call) noexcept -> es_str { return plugin::to_abi(school_of(call).today); };
  return api;
}();

const es_access access_api = [] {
  es_access api{};
  api.size = sizeof api;
  api.may = [](es_call* call, es_str, es_str, std::uint32_t* yes) noexcept -> es_status {
    *yes = school_of(call).may_write;
    return ES_OK;
  };
  return api;
}();

const es_query query_api = [] {
  es_query api{};
  api.size = sizeof api;
  api.run = [](es_call* call, const char*, const es_value* args, std::size_t n, es_row_fn row,
               void* user) noexcept -> es_status {
    for (const auto& [id, year] : school_of(call).years) {
      if (n == 0 ? !year.current : plugin::Value(args[0]).text() != year.name) continue;
      const es_field found = plugin::field("id", plugin::Value::id(id));
      if (const auto status = row(user, &found, 1); status != ES_OK) return status;
    }
    return ES_OK;
  };
  return api;
}();

const es_records records_api = [] {
  es_records api{};
  api.size = sizeof api;
  api.put = [](es_call* call, es_str, std::int64_t id, std::int64_t, const es_field* given, std::size_t n,
               es_written* out) noexcept -> es_status {
    auto& school = school_of(call);
    Year year = id ? school.years.at(id) : Year{};
    for (std::size_t i = 0; i < n; ++i) assign(year, to_view(given[i].name), plugin::Value(given[i].value));
    out->id = school.put(id, year);
    return out->id ? ES_OK : ES_INVALID;
  };
  return api;
}();

School::School() {
  host.call = &call_api;
  host.access = &access_api;
  host.query = &query_api;
  host.records = &records_api;
}

std::int64_t School::put(std::int64_t id, Year year) {
  const auto before = id ? fields(years.at(id)) : std::vector<es_field>{};
  const auto already = rejected.size();
  Answers answers(*this, &year);
  plugin::Call call(host, raw());
  plugin::HookOut out(answers.out);
  const auto run = [&](auto hook, std::int64_t known_id) {
    const Year copy = year;
    const auto after = fields(copy);
    const es_change change{sizeof(es_change), 0,           {}, known_id, id ? before.data() : nullptr, before.size(),
                           after.data(),      after.size()};
    hook(call, plugin::Change(change), out);
  };
  run(school::derive_year, id);
  run(school::validate_year, id);
  if (rejected.size() != already) return 0;
  const auto stored = id ? id : static_cast<std::int64_t>(years.size()) + 1;
  years[stored] = year;
  run(school::after_year, stored);
  return stored;
}

std::map<std::string, std::string> derive_class(School& school, const char* name) {
  Answers answers(school, nullptr);
  plugin::Call call(school.host, school.raw());
  plugin::HookOut out(answers.out);
  const es_field after[] = {plugin::field("name", name)};
  const es_change change{sizeof(es_change), 0, {}, 0, nullptr, 0, after, 1};
  school::derive_class(call, plugin::Change(change), out);
  return answers.values;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the first school year becomes the current one, with its limits") {
  School school;
  const auto id = school.put(0, {"2026-27", "", "", false});
  CHECK(school.years.at(id).name == "2026/2027");
  CHECK(school.years.at(id).starts_on == "2026-09-01");
  CHECK(school.years.at(id).ends_on == "2027-08-31");
  CHECK(school.current() == Names{"2026/2027"});
}

TEST_CASE("a year that becomes current takes the mark from the one before") {
  School school;
  school.put(0, {"2026/2027", "", "", true});
  const auto next = school.put(0, {"2027/2028", "", "", false});
  CHECK(school.current() == Names{"2026/2027"});
  auto year = school.years.at(next);
  year.current = true;
  CHECK(school.put(next, year) == next);
  CHECK(school.current() == Names{"2027/2028"});
  CHECK(school.rejected.empty());
}

TEST_CASE("the mark of the current year cannot just be taken away") {
  School school;
  const auto id = school.put(0, {"2026/2027", "", "", true});
  auto year = school.years.at(id);
  year.current = false;
  CHECK(school.put(id, year) == 0);
  CHECK(school.rejected == Names{"no_current_year"});
  CHECK(school.current() == Names{"2026/2027"});
}

TEST_CASE("a wrong name and wrong limits are refused") {
  School school;
  CHECK(school.put(0, {"2026", "", "", false}) == 0);
  CHECK(school.put(0, {"2026/2027", "2025-09-01", "", false}) == 0);
  CHECK(school.rejected == Names{"school_year_name", "school_year_limits"});
}

TEST_CASE("a class gets its grade, its letter and the current year, which is made when the school has none") {
  School school;
  auto derived = derive_class(school, "5А");
  CHECK(derived["grade"] == "5");
  CHECK(derived["letter"] == "А");
  CHECK(derived["year"] == "1");
  CHECK(school.current() == Names{"2026/2027"});
  derived = derive_class(school, "11-инж");
  CHECK(derived["grade"] == "11");
  CHECK(derived["letter"] == "инж");
  CHECK(derived["year"] == "1");
  CHECK(school.years.size() == 1);
}

TEST_CASE("the year of today is taken when it is there but not current") {
  School school;
  school.years[1] = {"2025/2026", "2025-09-01", "2026-08-31", false};
  school.years[2] = {"2026/2027", "2026-09-01", "2027-08-31", false};
  CHECK(derive_class(school, "1Б")["year"] == "2");
  CHECK(school.current() == Names{"2026/2027"});
}

TEST_CASE("who may not make school years is told that there is none") {
  School school;
  school.may_write = false;
  auto derived = derive_class(school, "5А");
  CHECK(derived.count("year") == 0);
  CHECK(school.rejected == Names{"no_current_year"});
  CHECK(school.years.empty());
}
