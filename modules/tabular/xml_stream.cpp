#include "tabular/xml_stream.hpp"

#include <expat.h>

#include <exception>
#include <memory>
#include <new>

namespace eschool::tabular {
namespace {

/// Spreadsheets nest a dozen deep; a million open tags would fill the memory.
constexpr int kMaxDepth = 100;
/// Expat keeps an unfinished token whole and scans it again with each piece; no honest tag is this long.
constexpr XML_Index kMaxTokenBytes = 4 << 20;

std::string_view without_prefix(const char* name) {
  const std::string_view whole(name);
  const auto colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

/// Expat is C: an exception of the events is kept aside while Expat stops, and thrown after it has returned.
struct Stream {
  XML_Parser parser;
  XmlEvents& events;
  std::exception_ptr failure;
  int depth = 0;

  template <class Action>
  void guarded(Action action) noexcept {
    if (failure) return;
    try {
      action();
    } catch (...) {
      failure = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

Stream& stream_of(void* user) { return *static_cast<Stream*>(user); }

void on_start(void* user, const char* name, const char** attributes) {
  auto& stream = stream_of(user);
  stream.guarded([&] {
    if (++stream.depth > kMaxDepth) fail_damaged("слишком большая вложенность XML");
    stream.events.start(without_prefix(name), Attributes(attributes));
  });
}

void on_end(void* user, const char* name) {
  auto& stream = stream_of(user);
  stream.guarded([&] {
    --stream.depth;
    stream.events.end(without_prefix(name));
  });
}

void on_text(void* user, const char* text, int length) {
  auto& stream = stream_of(user);
  stream.guarded([&] { stream.events.text({text, static_cast<std::size_t>(length)}); });
}

void on_doctype(void* user, const char*, const char*, const char*, int) {
  stream_of(user).guarded([] {
    fail("doctype",
         "В файле есть запрещённое объявление DOCTYPE: такие файлы бывают вредоносными. Сохраните таблицу заново в "
         "Excel "
         "или LibreOffice как «Книга Excel (.xlsx)».");
  });
}

}  // namespace

std::string_view Attributes::get(std::string_view local_name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2)
    if (without_prefix(pair[0]) == local_name) return pair[1];
  return {};
}

bool parse_xml(const Archive& archive, const std::string& name, XmlEvents& events) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), &XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  Stream stream{parser.get(), events, nullptr};
  XML_SetUserData(parser.get(), &stream);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);

  XML_Index fed = 0;
  const auto feed = [&](std::string_view piece, bool last) {
    const auto status = XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
    if (stream.failure) std::rethrow_exception(stream.failure);
    if (status != XML_STATUS_OK) {
      if (XML_GetErrorCode(parser.get()) == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
      fail_damaged("часть «" + name + "», строка XML " + std::to_string(XML_GetCurrentLineNumber(parser.get())) +
                   ", содержит ошибку");
    }
    fed += static_cast<XML_Index>(piece.size());
    const auto done = XML_GetCurrentByteIndex(parser.get());
    if (!last && done >= 0 && fed - done > kMaxTokenBytes) fail_damaged("слишком длинный тег XML");
  };
  if (!archive.read(name, [&](std::string_view piece) { feed(piece, false); })) return false;
  feed({}, true);
  return true;
}

}  // namespace eschool::tabular
