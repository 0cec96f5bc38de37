#include "kernel/api/accounts/access_forms.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernel/http/percent.hpp"
#include "kernel/registry/problems.hpp"
#include "print/access_forms.hpp"
#include "print/document.hpp"
#include "text/dates.hpp"
#include "text/letters.hpp"
#include "text/utf8.hpp"

namespace eschool::api {

namespace json = boost::json;

namespace {

constexpr std::size_t most_items = 2000;
constexpr std::size_t longest_address = 200;

/// Nothing that would break the line, or that one types without seeing it.
bool one_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto code = text::next_code_point(text, at);
    if (text::is_invisible(code) || (text::is_space(code) && code != U' ' && code != U'\u00A0')) return false;
  }
  return true;
}

/// A member of an item as it is printed; "" when it is absent and not required. Throws 422, naming it.
std::string printed(const json::object& item, std::size_t index, std::string_view name, std::size_t limit,
                    bool required) {
  const auto wrong = [&](const char* code, std::string message) {
    return registry::invalid({{fmt::format("items[{}].{}", index, name), code, std::move(message)}});
  };
  const auto* member = item.if_contains(json::string_view(name.data(), name.size()));
  if (member && !member->is_null() && !member->is_string()) throw wrong("type", "ожидалась строка");
  const std::string text(member && member->is_string() ? std::string_view(member->get_string()) : std::string_view());
  if (required && text.empty()) throw wrong("required", "нужна строка");
  if (text::length(text) > limit) throw wrong("too_long", fmt::format("длиннее {} знаков", limit));
  if (!one_line(text)) throw wrong("control", "есть переводы строк или невидимые знаки");
  return text;
}

std::vector<print::WayIn> ways(const json::object& body, bool passwords) {
  const auto* member = body.if_contains("items");
  const auto* items = member ? member->if_array() : nullptr;
  if (!items || items->empty()) throw registry::invalid({{"items", "required", "нужен список, хотя бы из одного"}});
  if (items->size() > most_items)
    throw registry::invalid({{"items", "too_many", fmt::format("за один раз не больше {}", most_items)}});
  std::vector<print::WayIn> ways;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto* item = (*items)[i].if_object();
    if (!item) throw registry::invalid({{fmt::format("items[{}]", i), "type", "ожидался объект"}});
    ways.push_back({printed(*item, i, "name", 400, true), printed(*item, i, "group", 50, false),
                    printed(*item, i, "login", 100, true), printed(*item, i, "one_time_password", 50, passwords)});
  }
  return ways;
}

std::string address_of(const json::object& body) {
  auto address = text_member(body, "address");
  const std::string_view text = address;
  const auto scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : text.size();
  if (text.size() <= scheme || text.size() > longest_address ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; }))
    throw registry::invalid(
        {{"address", "address", fmt::format("нужен адрес http(s)://… до {} знаков", longest_address)}});
  return address;
}

}  // namespace

http::Reply print_access(Context& context) {
  const auto& body = context.body();
  const auto form = text_member(body, "form");
  const bool slips = form == "slips";
  if (!slips && form != "sheet") throw registry::invalid({{"form", "unknown", "печатаются slips и sheet"}});
  const auto school = context.school_name();
  http::Reply reply;
  try {
    reply.body = slips ? print::access_slips(school, address_of(body), ways(body, true))
                       : print::access_sheet(school, text::iso_to_russian(context.today), ways(body, false));
  } catch (const print::MissingFont& missing) {
    throw registry::problem(503, "font_missing", "PDF не сделан", missing.what());
  }
  reply.mime = "application/pdf";
  reply.headers.emplace_back("Content-Disposition",
                             fmt::format("attachment; filename*=UTF-8''{}",
                                         http::percent_encode(slips ? "Листки доступа.pdf" : "Ведомость выдачи.pdf")));
  return reply;
}

}  // namespace eschool::api
