#include "guide/chapters.hpp"

#include <doctest/doctest.h>

using namespace eschool::guide;

namespace {

constexpr auto text = R"(before all
# Люди
<!-- for: administrator hr -->
Сначала **персоны**.

## Порядок
<!-- on: people.employee import -->
| Столбец | Как писать |
|---|---|
| Пол | м, ж |

### Подробнее
Ещё.

## Порядок
<b>не тег</b>
)";

}  // namespace

TEST_CASE("headings begin chapters, lines below say for whom and where") {
  const auto found = chapters(text, "people");
  REQUIRE(found.size() == 3);
  CHECK(found[0].title == "Люди");
  CHECK(found[0].id == "people.liudi");
  CHECK(found[0].roles == std::vector<std::string>{"administrator", "hr"});
  CHECK(found[0].pages.empty());
  CHECK(found[1].pages == std::vector<std::string>{"people.employee", "import"});
  CHECK(found[1].markdown.find("### Подробнее") != std::string::npos);
  CHECK(found[1].markdown.find("<!--") == std::string::npos);
  CHECK(found[2].id == "people.poriadok-2");
  CHECK(chapters("", "p").empty());
}

TEST_CASE("HTML has tables, and no tags of the writer's") {
  const auto found = chapters(text, "people");
  CHECK(html(found[0].markdown).find("<strong>персоны</strong>") != std::string::npos);
  CHECK(html(found[1].markdown).find("<td>Пол</td>") != std::string::npos);
  CHECK(html(found[2].markdown).find("<b>") == std::string::npos);
  CHECK(html(found[2].markdown).find("&lt;b&gt;") != std::string::npos);
}

TEST_CASE("a chapter is found when it has all the words, whatever their case and ё") {
  const auto found = chapters(text, "people");
  CHECK(eschool::guide::found(found[1], "СТОЛБЕЦ пол").find("Столбец") != std::string::npos);
  CHECK(eschool::guide::found(found[0], "персоны").find("персоны") != std::string::npos);
  CHECK(eschool::guide::found(found[0], "еще").empty());
  CHECK_FALSE(eschool::guide::found(found[1], "еще").empty());
  CHECK(eschool::guide::found(found[0], "").empty());
}
