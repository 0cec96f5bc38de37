// The head of the history in the school's archive: what was altered afterwards does not pass for the old history.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "installation.hpp"

using namespace eschool::test;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct WithHistory {
  Installation own;
  std::string head = (own.data() / "head.json").string(), key = (own.data() / "archive.key").string();
  long long shipped = 0;  ///< entries that a school begins with: its dictionaries

  WithHistory() {
    own.create_school();
    REQUIRE(own.run({"audit", "key", "--out", key}).code == 0);
    shipped = length();
    add("Первый");
    add("Второй");
  }
  void add(const std::string& name) {
    const auto table = own.data() / "table.csv";
    std::ofstream(table) << "Фамилия;Имя;ДР\n" << name << ";Пётр;01.02.1980\n";
    REQUIRE(own.run({"import", "people.employee", table.string()}).code == 0);
  }
  void touch(const std::string& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open((own.data() / "schools/test/school.db").c_str(), &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
  }
  long long length() {
    return json::parse(own.run({"audit", "verify", "--json"}).out).at("entries").to_number<long long>();
  }
  CommandOutput check(const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"audit", "check", head};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return own.run(arguments);
  }
};

}  // namespace

TEST_CASE_FIXTURE(WithHistory, "a signed head is checked by the public key, also after the history has grown") {
  struct stat status {};
  REQUIRE(::stat(key.c_str(), &status) == 0);
  CHECK((status.st_mode & 077) == 0);
  CHECK(own.run({"audit", "key", "--out", key}).code == 1);  // a key is not written over

  own.start();
  const auto made = json::parse(own.run({"audit", "head", "--out", head, "--sign", key, "--json"}).out);
  CHECK(made.at("seq") == shipped + 4);
  CHECK(made.at("signed").as_bool());
  const auto document = json::parse(text_of(head));
  CHECK(document.at("school") == "test");
  CHECK(document.at("count") == shipped + 4);
  CHECK(document.at("hash") == made.at("hash"));
  CHECK(text_of(head).find(std::string(json::parse(text_of(key)).at("secret").as_string())) == std::string::npos);

  CHECK(check().code == 0);
  CHECK(check({"--key", key + ".pub"}).code == 0);
  add("Третий");
  const auto later = check({"--key", key + ".pub"});
  CHECK(later.code == 0);
  CHECK(later.out.find("добавлено записей: 2") != std::string::npos);

  // Another's key, an altered file, a file without signature.
  const auto stranger = (own.data() / "stranger.key").string();
  REQUIRE(own.run({"audit", "key", "--out", stranger}).code == 0);
  CHECK(check({"--key", stranger + ".pub"}).out.find("другим ключом") != std::string::npos);
  const auto whole = text_of(head);
  const auto said = [](const char* name, long long number) { return fmt::format("\"{}\":{}", name, number); };
  for (const auto& [from, to] : {std::pair{said("count", shipped + 4), said("count", shipped + 5)},
                                 {said("seq", shipped + 4), said("seq", shipped + 3)},
                                 {std::string("\"school\":\"test\""), std::string("\"school\":\"tost\"")}}) {
    auto altered = whole;
    REQUIRE(altered.find(from) != std::string::npos);
    altered.replace(altered.find(from), from.size(), to);
    std::ofstream(head) << altered;
    const auto output = check();
    CHECK(output.code == 1);
    CHECK(output.out.find("файл изменён") != std::string::npos);
  }
  CHECK(own.run({"audit", "head", "--out", head}).code == 0);
  CHECK(check().code == 0);
  CHECK(check({"--key", key + ".pub"}).out.find("не подписан") != std::string::npos);
  CHECK(own.run({"audit", "head", "--out", head, "--sign", key + ".pub"}).code == 1);
  CHECK(own.run({"audit", "check", key}).code == 1);
  CHECK(own.run({"audit", "check", "/no/such/file"}).code == 1);
}

TEST_CASE_FIXTURE(WithHistory, "altered, removed and reordered entries are named, a cut tail is found by the head") {
  REQUIRE(own.run({"audit", "head", "--out", head, "--sign", key}).code == 0);
  const auto fresh = own.data() / "fresh.db";
  fs::copy_file(own.data() / "schools/test/school.db", fresh);
  const auto named = [&](const std::string& sql, long long entry) {
    CAPTURE(sql);
    touch(sql);
    const auto output = own.run({"audit", "verify", "--json"});
    CHECK(output.code == 1);
    CHECK(json::parse(output.out).at("bad_seq") == entry);
    CHECK(own.run({"audit", "verify"}).out.find("записи " + std::to_string(entry)) != std::string::npos);
    CHECK(check().code == 1);
    // A broken chain gets no signature.
    CHECK(own.run({"audit", "head", "--out", (own.data() / "bad.json").string(), "--sign", key}).code == 1);
    CHECK_FALSE(fs::exists(own.data() / "bad.json"));
    fs::copy_file(fresh, own.data() / "schools/test/school.db", fs::copy_options::overwrite_existing);
    CHECK(check().code == 0);
  };
  const auto second = shipped + 2, third = shipped + 3;
  named(fmt::format("UPDATE es_history SET account = 1 WHERE seq = {}", second), second);
  named(fmt::format("UPDATE es_history SET after = replace(after, 'Второй', 'Третий') WHERE seq = {}", third), third);
  named(fmt::format("DELETE FROM es_history WHERE seq = {}", third), third);
  named("DELETE FROM es_history WHERE seq = 1", 1);
  named(fmt::format("UPDATE es_history SET seq = 0 WHERE seq = {0}; UPDATE es_history SET seq = {0} WHERE seq = {1};"
                    "UPDATE es_history SET seq = {1} WHERE seq = 0",
                    second, third),
        second);

  // The chain alone cannot know that its end was cut off; the file from the archive does.
  touch(fmt::format("DELETE FROM es_history WHERE seq = {}", shipped + 4));
  CHECK(own.run({"audit", "verify"}).code == 0);
  auto output = check();
  CHECK(output.code == 1);
  CHECK(output.out.find("отрезан") != std::string::npos);
  add("Подменный");  // grown anew beyond the old length
  CHECK(own.run({"audit", "verify"}).code == 0);
  output = check();
  CHECK(output.code == 1);
  CHECK(output.out.find("переписан") != std::string::npos);
}
