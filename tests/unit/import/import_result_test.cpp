#include "kernel/registry/import/import_result.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace eschool::importing;

TEST_CASE("the JSON has the keys of the contract") {
  ImportResult result;
  result.sheet = "Ученики";
  result.rows = 3;
  result.created = 1;
  result.rejected = 1;
  result.errors.add({4, "СНИЛС", "snils_checksum", "не \"сходится\"", {{17, "Иванов Иван"}}});
  result.columns.push_back({"Снилс", "snils", "СНИЛС", "header", "C", "112"});
  result.changes.add({3, eschool::registry::Outcome::updated, "Иванов Иван", {{"Телефон", "1", "2"}}});
  result.records["people.student"] = {1, 0};
  result.sheets.emplace_back().sheet = "Классы";
  const auto json = boost::json::parse(result.to_json()).as_object();
  for (const auto* key : {"sheet", "rows", "created", "updated", "unchanged", "rejected", "errors", "warnings"})
    CHECK(json.contains(key));
  const auto& error = json.at("errors").at(0).as_object();
  CHECK(error.at("sheet") == "Ученики");
  CHECK(error.at("row") == 4);
  CHECK(error.at("column") == "СНИЛС");
  CHECK(error.at("code") == "snils_checksum");
  CHECK(error.at("choices").at(0).at("id") == 17);
  CHECK(json.at("columns").at(0).at("to") == "snils");
  CHECK(error.at("message") == "не \"сходится\"");
  const auto& change = json.at("changes").at(0);
  CHECK(change.at("outcome") == "updated");
  CHECK(change.at("differences").at(0).at("label") == "Телефон");
  CHECK(change.at("differences").at(0).at("before") == "1");
  CHECK(change.at("differences").at(0).at("after") == "2");
  CHECK(json.at("records").at("people.student").at("created") == 1);
  CHECK(json.at("sheets").at(0).at("sheet") == "Классы");
}

TEST_CASE("long lists are cut and counted") {
  Capped<Remark> remarks;
  for (int row = 0; row < 1003; ++row) remarks.add({row, "", "x", ""});
  CHECK(remarks.items.size() == 1000);
  CHECK(remarks.left_out == 3);
}

TEST_CASE("a rejected row of a companion blocks the whole") {
  ImportResult result;
  CHECK_FALSE(result.blocked());
  result.sheets.emplace_back().rejected = 1;
  CHECK(result.blocked());
  result.sheets.front().rejected = 0;
  result.sheets.front().errors.add({0, "", "wrong_headers", ""});
  CHECK(result.blocked());
}
