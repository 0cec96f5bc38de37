/// A guide is one Markdown file; its headings of the first and second level begin chapters. Under a heading a line may
/// say for whom the chapter is and by which pages it is opened:
///
///   <!-- for: administrator operator -->   ids of roles; everybody when it is absent
///   <!-- on: people.employee roles -->     registries and pages whose «?» opens it
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eschool::guide {

struct Chapter {
  std::string id;     ///< Latin: "people.poriadok"; unique within the file, the same until the heading is reworded
  std::string title;  ///< as the heading says
  std::vector<std::string> roles, pages;
  std::string markdown;  ///< without the heading and the lines above
};

/// In the order of the file; what stands before the first heading is left out. `prefix` begins every id.
std::vector<Chapter> chapters(std::string_view text, std::string_view prefix);

/// HTML of Markdown with tables; HTML inside it is shown as text. Throws std::runtime_error when memory runs out.
std::string html(std::string_view markdown);

/// The first place where every word of the query begins a word of the chapter: some words around it, without marks;
/// empty when there is none. Case and ё do not matter.
std::string found(const Chapter&, std::string_view query);

}  // namespace eschool::guide
