#include "kernel/api/guides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "guide/chapters.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/imports/imports.hpp"
#include "kernel/api/reply.hpp"
#include "kernel/registry/import/importer.hpp"
#include "kernel/registry/import/template.hpp"
#include "kernel/registry/problems.hpp"

namespace eschool::api {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

struct Guide {
  std::string title;
  std::vector<guide::Chapter> chapters;
};

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The first heading names the guide, and is its first chapter when something stands under it.
void add(std::vector<Guide>& guides, std::string_view text, std::string_view prefix) {
  Guide guide;
  guide.chapters = guide::chapters(text, prefix);
  if (guide.chapters.empty()) return;
  guide.title = guide.chapters.front().title;
  if (guide.chapters.front().markdown.find_first_not_of("\n ") == std::string::npos)
    guide.chapters.erase(guide.chapters.begin());
  guides.push_back(std::move(guide));
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
  return text;
}

guide::Chapter file_chapter(const Context& context, const schema::Registry& registry) {
  guide::Chapter chapter;
  chapter.id = "file." + registry.id;
  chapter.title = fmt::format("Файл «{}»: столбцы", registry.label);
  chapter.pages = {registry.id, "import"};
  chapter.markdown =
      "Пустой файл с этими столбцами отдаёт кнопка «Шаблон» на странице загрузки. Порядок столбцов любой, лишние не "
      "мешают, заголовки понимаются и в других распространённых записях.\n\n| Столбец | Обязателен | Что писать | "
      "Пример |\n|---|---|---|---|\n";
  for (const auto& column : importing::column_guide(context.school.catalogue(), registry))
    chapter.markdown +=
        fmt::format("| {} | {} | {}{} | {} |\n", cell(column.header), column.required ? "да" : "", cell(column.what),
                    column.choices.empty() ? "" : ": " + cell(column.choices), cell(column.example));
  return chapter;
}

bool is_for(const Context& context, const guide::Chapter& chapter) {
  if (context.who.system) return true;
  const bool by_role =
      chapter.roles.empty() ||
      std::any_of(context.who.grants.begin(), context.who.grants.end(), [&](const auto& grant) {
        return std::find(chapter.roles.begin(), chapter.roles.end(), grant.role) != chapter.roles.end();
      });
  if (!by_role) return false;
  // A chapter about registries only, none of which the caller reads, is of no use to him.
  bool about_registries = false;
  for (const auto& page : chapter.pages) {
    const auto* registry = context.school.catalogue().find(page);
    if (!registry) return true;
    about_registries = true;
    if (context.school.enabled(registry->plugin) &&
        context.school.policy().may(context.who, *registry, access::Action::read))
      return true;
  }
  return !about_registries;
}

std::vector<Guide> guides_of(const Context& context) {
  std::vector<Guide> guides;
  const auto& config = context.application.config();
  std::vector<fs::path> files;
  std::error_code failure;
  if (!config.guides.empty())
    for (const auto& entry : fs::directory_iterator(config.guides, failure))
      if (entry.path().extension() == ".md") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) add(guides, content(file), file.stem().string());
  for (const auto& plugin : context.application.plugins().plugins())
    if (context.school.enabled(plugin.id))
      add(guides, content(context.application.plugins().folder() / plugin.id / "guide.ru.md"), plugin.id);
  Guide tables{"Файлы для загрузки", {}};
  for (const auto* registry : context.school.registries())
    if (may_load_files(context, *registry)) tables.chapters.push_back(file_chapter(context, *registry));
  if (!tables.chapters.empty()) guides.push_back(std::move(tables));
  for (auto& guide : guides)
    std::erase_if(guide.chapters, [&](const guide::Chapter& chapter) { return !is_for(context, chapter); });
  return guides;
}

}  // namespace

http::Reply list_guides(Context& context) {
  const auto q = context.query.text("q");
  json::array items;
  for (const auto& guide : guides_of(context))
    for (const auto& chapter : guide.chapters) {
      json::object item{{"id", chapter.id}, {"guide", guide.title}, {"title", chapter.title}};
      if (!q.empty()) {
        const auto around = guide::found(chapter, q);
        if (around.empty()) continue;
        item["found"] = around;
      }
      json::array pages;
      for (const auto& page : chapter.pages) pages.push_back(json::value(page));
      item["pages"] = std::move(pages);
      items.push_back(std::move(item));
    }
  return reply_of({{"items", std::move(items)}});
}

http::Reply get_guide(Context& context) {
  const auto id = context.parameter("id");
  for (const auto& guide : guides_of(context))
    for (const auto& chapter : guide.chapters)
      if (chapter.id == id)
        return reply_of({{"id", chapter.id},
                         {"guide", guide.title},
                         {"title", chapter.title},
                         {"html", guide::html(chapter.markdown)}});
  throw registry::not_found();
}

}  // namespace eschool::api
