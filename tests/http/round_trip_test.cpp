// What a registry's list gives as a file is read back without a difference: for every registry, with a record of each
// kind in it, as XLSX and as CSV.
#include <doctest/doctest.h>

#include <map>

#include "imports.hpp"
#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;

namespace {

std::string text(const json::value& value) { return std::string(value.as_string()); }

/// Values that fields of one meaning ask for, where «проба» would not do.
const std::map<std::string, json::value>& chosen() {
  static const std::map<std::string, json::value> values{
      {"people.leave.days", 14},
      {"people.family_member.birth_year", 1990},
      {"people.education.graduated_in", 2005},
      {"school.period_plan.grade_from", 1},
      {"school.period_plan.grade_to", 9},
      {"school.vacation.grade_from", 1},
      {"school.vacation.grade_to", 1},
      {"school.bell.starts_at", "08:30"},
      {"school.bell.ends_at", "09:15"},
      {"school.shift.starts_at", "08:00"},
      {"school.shift.ends_at", "14:00"},
      {"school.class.name", "9Я"},
      {"school.asset.written_off_on", nullptr},  // of what is in good order
      {"school.asset.write_off_act", nullptr},
  };
  return values;
}

/// Makes a record with every field filled in that a client may fill. Answers what the server says.
class Maker {
 public:
  explicit Maker(const Client& client) : client_(client) {}

  Response make(const std::string& registry) {
    const auto schema = client_.get("/api/v1/schemas/" + registry).json().as_object();
    json::object record;
    for (const auto& item : schema.at("fields").as_array()) {
      const auto& field = item.as_object();
      const auto flag = [&](std::string_view name) { return field.contains(name) && field.at(name).as_bool(); };
      const auto type = text(field.at("type")), name = text(field.at("name"));
      if (flag("readonly") || type == "children" || type == "json" || type == "file") continue;
      if (flag("inherited") && !flag("required")) continue;
      if (auto value = value_of(registry, field, type, name); !value.is_null()) record[name] = std::move(value);
    }
    return client_.post(records(registry), json::serialize(record));
  }

 private:
  json::value value_of(const std::string& registry, const json::object& field, const std::string& type,
                       const std::string& name) {
    if (const auto known = chosen().find(registry + "." + name); known != chosen().end()) return known->second;
    if (type == "ref") {
      // A subgroup's pupils are of its class.
      const auto of_class = registry == "people.subgroup_member" && name == "student";
      const auto ids = client_.ids(text(field.at("target")), of_class ? "class = " + subgroups_class() : "");
      return ids.empty() ? json::value(nullptr) : json::value(ids.front());
    }
    if (type == "enum") return field.at("values").at(0).at("id");
    if (type == "date")
      return name.find("until") != name.npos || name.find("end") != name.npos ? "2026-11-10" : "2026-11-02";
    if (type == "time") return "08:30";
    if (type == "int")
      return field.contains("min") ? json::value(field.at("min").to_number<std::int64_t>()) : json::value(1);
    if (type == "decimal") return 1.5;
    if (type == "bool") return true;
    if (field.contains("check")) return nullptr;  // numbers with check digits; they have their own tests
    return name == "full_name" || name == "surname" || name == "given_name" ? json::value("Ёлкина")
                                                                            : json::value("=Проба №1");
  }

  std::string subgroups_class() const {
    const auto subgroup = client_.get(records("people.subgroup", client_.first("people.subgroup"))).json();
    return std::to_string(subgroup.at("class").at("id").as_int64());
  }

  const Client& client_;
};

}  // namespace

TEST_CASE("every registry: exported, read back, no difference") {
  auto& school = shared_installation();
  const auto admin = school.as("administrator");
  Maker maker(admin);
  // What others refer to comes first.
  const auto order = admin.get("/api/v1/fill-order").json();
  int read_back = 0, found_by_words = 0;
  for (const auto& item : order.at("items").as_array()) {
    const auto registry = text(item.at("registry"));
    CAPTURE(registry);
    if (admin.ids(registry).empty()) {
      const auto made = maker.make(registry);
      CHECK_MESSAGE(made.status == 201, registry << ": " << made.body);
      if (made.status != 201) continue;
    }
    for (const auto* format : {"xlsx", "csv"}) {
      const auto file = admin.get(records(registry) + "/export?format=" + format);
      REQUIRE_MESSAGE(file.status == 200, file.body);
      const auto result = import_by_http(admin, registry, file.body, "?dry_run=1").as_object();
      CHECK_MESSAGE(result.at("rejected").as_int64() == 0,
                    registry << " " << format << ": " << json::serialize(result));
      CHECK_MESSAGE(result.at("created").as_int64() == 0, registry << " " << format << ": " << json::serialize(result));
      CHECK_MESSAGE(result.at("updated").as_int64() == 0, registry << " " << format << ": " << json::serialize(result));
      CHECK(result.at("unchanged").as_int64() > 0);
    }
    ++read_back;

    // And what stands in its searched fields finds it, whole and by the last word alone.
    const auto record = admin.get(records(registry) + "?limit=1").json().at("items").at(0).as_object();
    const auto schema = admin.get("/api/v1/schemas/" + registry).json();
    for (const auto& item : schema.at("fields").as_array()) {
      const auto& field = item.as_object();
      if (!field.contains("search") || field.at("type") != "text") continue;
      const auto* value = record.if_contains(field.at("name").as_string());
      if (!value || !value->is_string()) continue;
      const auto whole = text(*value);
      CAPTURE(whole);
      for (const auto& words : {whole, whole.substr(whole.find_last_of(' ') + 1)}) {
        const auto ids = admin.get(records(registry) + "?limit=500&fields=id&q=" + encode(words)).json();
        bool found = false;
        for (const auto& one : ids.at("items").as_array()) found |= one.at("id") == record.at("id");
        CHECK_MESSAGE(found, words);
      }
      ++found_by_words;
    }
  }
  CHECK(found_by_words > 15);
  CHECK(read_back > 40);
}
