// Today's header against each frozen one: what was released stands where it stood, and only behind it is anything new.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "header_reader.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;

namespace {

const fs::path abi = fs::path(ESCHOOL_SOURCE_DIR) / "tests/abi";
const fs::path today = fs::path(ESCHOOL_SOURCE_DIR) / "modules/sdk/include/eschool/abi.h";

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> releases() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(abi / "frozen"))
    if (entry.is_directory()) folders.push_back(entry.path());
  return folders;
}

/// The header with the one place changed, which must be there.
std::string changed(const std::string& from, const std::string& to) {
  auto text = text_of(today);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("each released header is a prefix of today's") {
  const auto now = read_header(text_of(today));
  REQUIRE(releases().size() >= 1);
  for (const auto& folder : releases()) {
    CAPTURE(folder.filename().string());
    const auto then = read_header(text_of(folder / "abi.h"));
    CHECK(then.structs.size() >= 22);
    CHECK(then.enumerators.size() >= 20);
    CHECK(then.macros.at("ES_EXT_CALL") == "\"es.call/1\"");
    CHECK(then.functions.size() == 2);
    for (const auto& fault : breaks(then, now)) FAIL_CHECK(fault);
  }
}

TEST_CASE("the layout that is asserted names every member of the released header") {
  for (const auto& folder : releases()) {
    const auto slots = text_of(folder / "slots.inc");
    const auto header = read_header(text_of(folder / "abi.h"));
    std::size_t members = 0;
    const std::regex name(R"(\(\*(\w+)\)|(\w+)$)");
    for (const auto& [type, list] : header.structs)
      for (const auto& member : list) {
        std::smatch match;
        REQUIRE(std::regex_search(member, match, name));
        const auto slot = "SLOT(" + type + ", " + (match[1].matched ? match[1] : match[2]).str() + ", ";
        CAPTURE(slot);
        CHECK(slots.find(slot) != std::string::npos);
        ++members;
      }
    CHECK(members >= 110);
  }
}

TEST_CASE("what an old plugin would stumble over is found") {
  const auto older = read_header(text_of(today));
  const auto found = [&](const std::string& text) {
    const auto list = breaks(older, read_header(text));
    return list.empty() ? std::string() : list.front();
  };
  CHECK(found(text_of(today)) == "");
  const std::string person = "int64_t (*person)(const es_call *call) ES_NOEXCEPT;";
  const std::string account = "int64_t (*account)(const es_call *call) ES_NOEXCEPT;";
  const std::string left = "int64_t (*milliseconds_left)(const es_call *call) ES_NOEXCEPT;";

  auto moved = changed(person, "@");
  moved.replace(moved.find(account), account.size(), person);
  moved.replace(moved.find('@'), 1, account);
  CHECK(found(moved).starts_with("struct es_call_api, slot 5 was \"int64_t (*person)"));
  CHECK(
      found(changed(person, "int32_t (*person)(const es_call *call) ES_NOEXCEPT;")).starts_with("struct es_call_api"));
  CHECK(found(changed(person, "int64_t (*person)(es_call *call) ES_NOEXCEPT;")).starts_with("struct es_call_api"));
  CHECK(found(changed(left, "")).starts_with("struct es_call_api, slot 9"));
  CHECK(found(changed("size_t len; /* bytes */", "size_t len; size_t capacity;")) ==
        "struct es_str is frozen and has grown");
  CHECK(found(changed("ES_DENIED = -2", "ES_DENIED = -3")) == "enumerator ES_DENIED was -2, is -3");
  CHECK(found(changed("\"es.query/1\"", "\"es.query/2\"")).starts_with("macro ES_EXT_QUERY was"));
  CHECK(found(changed("typedef es_status (*es_write_fn)(void *user, es_call *call)",
                      "typedef es_status (*es_write_fn)(es_call *call)"))
            .starts_with("function type es_write_fn"));
  // To grow behind `size` is what the rules allow.
  CHECK(found(changed(left, left + " void (*more)(void) ES_NOEXCEPT;")) == "");
  CHECK(found(changed("#define ES_ABI_MINOR 1", "#define ES_ABI_MINOR 2")) == "");
}

TEST_CASE("every struct whose growth is accepted stands in the history with a reason") {
  const auto accepted = text_of(abi / "accepted.abignore"), history = text_of(abi / "HISTORY.md");
  const std::regex name(R"((^|\n)name = (\w+))");
  for (std::sregex_iterator match(accepted.begin(), accepted.end(), name), end; match != end; ++match) {
    CAPTURE((*match)[2].str());
    const std::regex row(R"(\n\| \d+ \| `?)" + (*match)[2].str() + R"(`? \| [^|]+\| [^|]{10,}\|)");
    CHECK(std::regex_search(history, row));
  }
}
