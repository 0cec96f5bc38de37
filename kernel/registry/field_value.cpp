#include "kernel/registry/field_value.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "kernel/http/json_text.hpp"
#include "text/checks.hpp"
#include "text/dates.hpp"
#include "text/fold.hpp"
#include "text/sort_key.hpp"

namespace eschool::registry {

using schema::Field;
using schema::FieldType;
using storage::Value;

namespace {

Checked wrong(std::string code, std::string message) { return {{}, std::move(code), std::move(message), {}}; }
Checked good(Value value) { return {std::move(value), {}, {}, {}}; }

Checked check_number(const Field& field, double number, Value value) {
  if (field.min && number < *field.min) return wrong("too_small", fmt::format("не меньше {}", *field.min));
  if (field.max && number > *field.max) return wrong("too_large", fmt::format("не больше {}", *field.max));
  return good(std::move(value));
}

bool is_time(std::string_view text) {
  return text.size() == 5 && text[2] == ':' && text[0] >= '0' && text[0] <= '2' && text[1] >= '0' && text[1] <= '9' &&
         text[3] >= '0' && text[3] <= '5' && text[4] >= '0' && text[4] <= '9' && text.substr(0, 2) < "24";
}

/// A value given as text, for the types that are stored as text.
Checked check_text(const Field& field, std::string_view given) {
  if (!text::valid_utf8(given)) return wrong("encoding", "текст не в UTF-8");
  switch (field.type) {
    case FieldType::date:
      if (auto date = text::parse_date(given)) return good(*date);
      return wrong("date", fmt::format("«{}» не дата: нужен существующий день, например 2014-09-01", given));
    case FieldType::time:
      return is_time(given) ? good(std::string(given)) : wrong("time", "нужно время вида 08:30");
    case FieldType::datetime:
      if (given.size() == 20 && given[10] == 'T' && given[19] == 'Z' && given[16] == ':' &&
          is_time(given.substr(11, 5)) && text::parse_date(given.substr(0, 10)))
        return good(std::string(given));
      return wrong("datetime", "нужны дата и время вида 2026-09-01T08:30:00Z");
    case FieldType::enumeration: {
      for (const auto& value : field.values)
        if (value.id == given) return good(value.id);
      const auto folded = text::fold(given);
      for (const auto& value : field.values) {
        if (text::fold(value.label) == folded) return good(value.id);
        for (const auto& alias : value.aliases)
          if (text::fold(alias) == folded) return good(value.id);
      }
      std::string allowed;
      for (const auto& value : field.values) allowed += (allowed.empty() ? "" : ", ") + value.label;
      return wrong("enum", fmt::format("«{}» нет в списке; допустимо: {}", given, allowed));
    }
    case FieldType::longtext: {
      const std::size_t limit = field.max_length ? static_cast<std::size_t>(field.max_length) : 20'000;
      if (text::length(given) > limit) return wrong("too_long", fmt::format("длиннее {} знаков", limit));
      auto cleaned = text::clean_lines(given);
      return cleaned.empty() ? good({}) : good(std::move(cleaned));
    }
    default:
      break;
  }
  auto cleaned = text::clean(given);
  if (cleaned.empty()) return good({});
  const std::size_t limit = field.max_length ? static_cast<std::size_t>(field.max_length) : 500;
  if (text::length(cleaned) > limit) return wrong("too_long", fmt::format("длиннее {} знаков", limit));
  if (field.check.empty()) return good(std::move(cleaned));
  auto checked = text::check(field.check, cleaned);
  if (!checked.ok()) return wrong(checked.code, checked.message);
  return {Value(std::move(checked.value)), {}, {}, std::move(checked.warnings)};
}

}  // namespace

storage::Value stored_value(const schema::Field& field, const storage::Statement& row, int column) {
  if (row.null(column)) return {};
  switch (field.type) {
    case FieldType::integer:
    case FieldType::boolean:
    case FieldType::reference:
    case FieldType::file:
      return row.integer(column);
    case FieldType::decimal:
      return row.real(column);
    default:
      return std::string(row.text(column));
  }
}

bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }

Checked from_json(const Field& field, const boost::json::value& given) {
  if (given.is_null()) return good({});
  const auto type_error = [&](std::string_view expected) {
    return wrong("type", fmt::format("ожидалось: {}", expected));
  };
  switch (field.type) {
    case FieldType::integer:
    case FieldType::file:
      if (const auto* number = given.if_int64()) return check_number(field, static_cast<double>(*number), *number);
      return type_error("целое число");
    case FieldType::reference:
      if (const auto* number = given.if_int64()) return good(*number);
      if (const auto* object = given.if_object())  // what a GET answered may be sent back
        if (const auto* id = object->if_contains("id"))
          if (const auto* number = id->if_int64()) return good(*number);
      return type_error("номер записи");
    case FieldType::decimal:
      if (const auto* number = given.if_int64())
        return check_number(field, static_cast<double>(*number), static_cast<double>(*number));
      if (const auto* number = given.if_double()) return check_number(field, *number, *number);
      return type_error("число");
    case FieldType::boolean:
      if (const auto* flag = given.if_bool()) return good(std::int64_t{*flag});
      return type_error("true или false");
    case FieldType::json:
      return good(boost::json::serialize(given));
    case FieldType::children:
      return type_error("список");
    default:
      break;
  }
  const auto* text = given.if_string();
  if (!text) return type_error("строка");
  if (text->empty()) return good({});
  return check_text(field, {text->data(), text->size()});
}

Checked from_text(const Field& field, std::string_view cell) {
  const auto cleaned = text::clean(cell);
  if (cleaned.empty()) return good({});
  switch (field.type) {
    case FieldType::integer:
    case FieldType::reference:
    case FieldType::file: {
      std::int64_t number = 0;
      const auto [end, failure] = std::from_chars(cleaned.data(), cleaned.data() + cleaned.size(), number);
      if (failure != std::errc{} || end != cleaned.data() + cleaned.size())
        return wrong("type", fmt::format("«{}» не целое число", cleaned));
      return check_number(field, static_cast<double>(number), number);
    }
    case FieldType::decimal: {
      auto dotted = cleaned;
      for (char& c : dotted)
        if (c == ',') c = '.';
      double number = 0;
      const auto [end, failure] = std::from_chars(dotted.data(), dotted.data() + dotted.size(), number);
      if (failure != std::errc{} || end != dotted.data() + dotted.size() || !std::isfinite(number))
        return wrong("type", fmt::format("«{}» не число", cleaned));
      return check_number(field, number, number);
    }
    case FieldType::boolean: {
      const auto folded = text::fold(cleaned);
      if (folded == "да" || folded == "истина" || folded == "true" || folded == "1" || folded == "+")
        return good(std::int64_t{1});
      if (folded == "нет" || folded == "ложь" || folded == "false" || folded == "0" || folded == "-")
        return good(std::int64_t{0});
      return wrong("type", fmt::format("«{}»: нужно «да» или «нет»", cleaned));
    }
    case FieldType::date: {
      auto checked = check_text(field, cleaned);
      if (!checked.ok())
        checked.message = fmt::format("«{}» не дата: нужен существующий день вида 01.09.2014", cleaned);
      return checked;
    }
    case FieldType::longtext:
      return check_text(field, cell);
    default:
      return check_text(field, cleaned);
  }
}

Checked from_value(const Field& field, const Value& value) {
  if (is_null(value)) return good({});
  const auto* text = std::get_if<std::string>(&value);
  switch (field.type) {
    case FieldType::integer:
    case FieldType::reference:
    case FieldType::file:
    case FieldType::boolean:
      if (const auto* number = std::get_if<std::int64_t>(&value))
        return check_number(field, static_cast<double>(*number), value);
      return wrong("type", "ожидалось целое число");
    case FieldType::decimal:
      if (const auto* number = std::get_if<double>(&value)) return check_number(field, *number, value);
      if (const auto* number = std::get_if<std::int64_t>(&value))
        return check_number(field, static_cast<double>(*number), static_cast<double>(*number));
      return wrong("type", "ожидалось число");
    case FieldType::json:
      return text ? good(value) : wrong("type", "ожидалась строка JSON");
    default:
      return text ? check_text(field, *text) : wrong("type", "ожидалась строка");
  }
}

Value key_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? Value(text::fold(*text)) : Value();
}
Value sort_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? Value(text::sort_key(*text)) : Value();
}

void append_json(std::string& out, const Field& field, const Value& value) {
  if (is_null(value))
    out += "null";
  else if (const auto* text = std::get_if<std::string>(&value))
    field.type == FieldType::json ? void(out += *text) : eschool::json::append_string(out, *text);
  else if (const auto* number = std::get_if<std::int64_t>(&value))
    field.type == FieldType::boolean ? void(out += *number ? "true" : "false")
                                     : eschool::json::append_int(out, *number);
  else
    eschool::json::append_real(out, std::get<double>(value));
}

}  // namespace eschool::registry
