#include "kernel/cli/history_head.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "kernel/audit/head_document.hpp"

namespace eschool::cli {

namespace json = boost::json;

CommandResult make_audit_key(const std::filesystem::path& file) {
  const auto key = audit::new_key();
  audit::save_key(key, file);
  return {{{"file", file.string()}, {"public_key", key.public_key}},
          fmt::format("Ключ создан: {0} (тайный, храните отдельно от сервера) и {0}.pub (открытый, для проверки).",
                      file.string()),
          {}};
}

CommandResult export_history_head(const VerifyHistory& verify, const std::filesystem::path& out,
                                  const std::filesystem::path& key) {
  const auto pair = key.empty() ? std::optional<audit::KeyPair>() : audit::load_key(key);
  auto verified = verify({});
  if (!verified.json.at("ok").as_bool()) return verified;
  audit::HeadDocument document;
  document.school = std::string(verified.json.at("school").as_string());
  document.head = {verified.json.at("seq").as_int64(), std::string(verified.json.at("head").as_string())};
  document.count = verified.json.at("entries").as_int64();
  document.at = std::string(verified.json.at("at").as_string());
  if (pair) audit::sign(document, *pair);
  std::ofstream stream(out, std::ios::binary | std::ios::trunc);
  stream << audit::to_json(document);
  if (!stream.flush()) throw std::runtime_error(fmt::format("файл {} не записан", out.string()));
  return {
      {{"file", out.string()}, {"seq", document.head.seq}, {"hash", document.head.hash}, {"signed", pair.has_value()}},
      fmt::format("Вершина истории: запись {}, {}. {}", document.head.seq, document.head.hash,
                  pair ? "Подписана." : "Без подписи."),
      {}};
}

CommandResult check_history_head(const VerifyHistory& verify, const std::filesystem::path& file,
                                 const std::filesystem::path& key) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error(fmt::format("файл {} не открывается", file.string()));
  const auto document = audit::parse_head_document(std::string(std::istreambuf_iterator<char>(stream), {}));
  const auto expected = key.empty() ? std::optional<audit::KeyPair>() : audit::load_key(key);
  const auto refuse = [&](const std::string& reason) {
    return CommandResult{{{"ok", false}, {"reason", reason}}, "НЕ СХОДИТСЯ: " + reason + ".", {}};
  };
  // Without a signature the file is worth as much as the place where it was kept; a key asks for one.
  if (expected || !document.signature.empty())
    if (const auto fault = audit::signature_fault(document, expected)) return refuse(*fault);
  auto verified = verify({{"noted_seq", document.head.seq}, {"noted_hash", document.head.hash}});
  if (verified.json.at("school").as_string() != json::string_view(document.school))
    return refuse(fmt::format("это история школы «{}», назовите её ключом --school", document.school));
  if (!verified.json.at("ok").as_bool()) return refuse(std::string(verified.json.at("reason").as_string()));
  return {{{"ok", true},
           {"seq", document.head.seq},
           {"signed", !document.signature.empty()},
           {"public_key", document.public_key},
           {"entries", verified.json.at("entries")}},
          fmt::format("История содержит записанную {} вершину ({}); с тех пор добавлено записей: {}. {}", document.at,
                      document.head.seq, verified.json.at("entries").as_int64() - document.count,
                      document.signature.empty() ? "Файл не подписан."
                      : expected                 ? "Подпись верна и сделана этим ключом."
                                                 : "Подпись верна, ключ " + document.public_key + "."),
          {}};
}

}  // namespace eschool::cli
