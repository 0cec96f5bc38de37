// The order in which a school fills its registries.
#include "schema/fill_order.hpp"

#include "build.hpp"

using namespace schema_test;
using Names = std::vector<std::string>;

namespace {

std::string ref(const std::string& id, const std::string& target, bool required = false) {
  return field(id, "to_" + id, "ref", "\"target\": \"" + target + "\"" + (required ? ", \"required\": true" : ""));
}

Names order(const std::vector<File>& files, const std::function<bool(const Registry&)>& wanted = {}) {
  std::vector<LoadError> errors;
  const auto catalogue = build(files, errors);
  REQUIRE(texts(errors) == Names{});
  Names names;
  for (const auto& step : fill_order(catalogue, wanted)) names.push_back(step.registry->id);
  return names;
}

}  // namespace

TEST_CASE("what others refer to comes before them, and the rest keeps its order") {
  CHECK(order({registry("p.a", ref("f1", "p.c", true)), registry("p.b", field("f1", "x", "int")),
               registry("p.c", ref("f1", "p.d")), registry("p.d", field("f1", "x", "int"))}) ==
        Names{"p.b", "p.d", "p.c", "p.a"});
}

TEST_CASE("a circle is broken at a reference that may be added later") {
  CHECK(order({registry("p.class", ref("f1", "p.teacher")), registry("p.teacher", ref("f1", "p.class", true))}) ==
        Names{"p.class", "p.teacher"});
  CHECK(order({registry("p.teacher", ref("f1", "p.class", true)), registry("p.class", ref("f1", "p.teacher"))}) ==
        Names{"p.class", "p.teacher"});
  // Two that cannot be without one another still both appear.
  CHECK(order({registry("p.a", ref("f1", "p.b", true)), registry("p.b", ref("f1", "p.a", true))}) ==
        Names{"p.a", "p.b"});
}

TEST_CASE("a singleton waits for what it needs only; a facet does not wait for its base") {
  CHECK(order({registry("p.person", ref("f1", "p.land")), registry("p.land", field("f1", "x", "int")),
               registry("p.school", ref("f1", "p.worker"), "\"singleton\": true,"),
               registry("p.worker",
                        field("f1", "person", "ref", "\"target\": \"p.person\", \"required\": true, \"once\": true"),
                        "\"facet_of\": \"p.person\", \"facet_by\": \"person\",")}) ==
        Names{"p.school", "p.land", "p.person", "p.worker"});
}

TEST_CASE("a step tells what it needs, what it uses and whose rows it is") {
  std::vector<LoadError> errors;
  const auto catalogue =
      build({registry("p.room", field("f1", "x", "int") + "," +
                                    field("f2", "rows", "children", R"("target": "p.thing", "via": "to_f1")")),
             registry("p.kind", field("f1", "x", "int")),
             registry("p.thing", ref("f1", "p.room", true) + "," + ref("f2", "p.kind") + "," +
                                     field("f3", "again", "ref", "\"target\": \"p.room\""))},
            errors);
  REQUIRE(texts(errors) == Names{});
  const auto steps = fill_order(catalogue);
  REQUIRE(steps.size() == 3);
  CHECK(steps[2].registry->id == "p.thing");
  REQUIRE(steps[2].part_of);
  CHECK(steps[2].part_of->id == "p.room");
  CHECK(steps[2].needs == std::vector<const Registry*>{catalogue.find("p.room")});
  CHECK(steps[2].uses == std::vector<const Registry*>{catalogue.find("p.kind")});
  CHECK_FALSE(steps[0].part_of);
  // Only what is asked for, and no needs beyond it.
  const auto some = fill_order(catalogue, [](const Registry& one) { return one.id != "p.room"; });
  REQUIRE(some.size() == 2);
  CHECK(some[1].needs.empty());
  CHECK_FALSE(some[1].part_of);
}
