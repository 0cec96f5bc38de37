#include "kernel/registry/files.hpp"

#include <sodium.h>

#include <array>

#include "kernel/registry/problems.hpp"
#include "text/clean.hpp"

namespace eschool::registry {

namespace {

constexpr std::int64_t kept_untaken = 24 * 3600;
constexpr std::size_t longest_name = 200;
constexpr int variant = sodium_base64_VARIANT_ORIGINAL;

struct Kind {
  std::string_view begins, mime;
};
constexpr std::array kinds{
    Kind{"%PDF-", "application/pdf"}, Kind{"\xFF\xD8\xFF", "image/jpeg"}, Kind{"\x89PNG\r\n\x1A\n", "image/png"},
    Kind{"PK\x03\x04", "application/zip"},  // DOCX, XLSX, ODT: told apart by the name alone, so not told apart
};

std::string_view mime_of(std::string_view bytes) {
  for (const auto& kind : kinds)
    if (bytes.starts_with(kind.begins)) return kind.mime;
  if (bytes.starts_with("RIFF") && bytes.substr(8).starts_with("WEBP")) return "image/webp";
  return {};
}

// Text on both engines: one of them has no column for bytes that the other reads.
std::string packed(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  ::sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      variant);
  text.pop_back();
  return text;
}

std::string unpacked(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  std::size_t length = 0;
  if (::sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          nullptr, &length, nullptr, variant) != 0)
    throw problem(500, "damaged_file", "Файл повреждён", "Приложите его заново.");
  bytes.resize(length);
  return bytes;
}

}  // namespace

void create_file_table(storage::Session& session) {
  session.define(R"(CREATE TABLE IF NOT EXISTS es_file (
    id {id},
    name {text} NOT NULL,
    mime {text} NOT NULL,
    size {integer} NOT NULL,
    content {text} NOT NULL,
    account {integer} NOT NULL,
    created_at {integer} NOT NULL,
    registry {text} NOT NULL,
    record {integer} NOT NULL,
    field {text} NOT NULL) {strict})");
  session.execute("CREATE INDEX IF NOT EXISTS es_file_record ON es_file (registry, record)");
}

std::int64_t store_file(storage::Session& session, std::string_view name, std::string_view bytes, std::int64_t account,
                        std::int64_t now) {
  if (bytes.empty()) throw invalid({{"file", "empty_file", "файл пуст"}});
  const auto mime = mime_of(bytes);
  if (mime.empty())
    throw invalid({{"file", "file_kind", "такой файл не принимают: годятся PDF, JPEG, PNG, WebP, DOCX, XLSX, ODT"}});
  session.execute("DELETE FROM es_file WHERE registry = '' AND created_at < ?", {now - kept_untaken});
  auto shown = text::clean(name.substr(0, longest_name));
  if (shown.empty()) shown = "файл";
  return session.integer(
      "INSERT INTO es_file (name, mime, size, content, account, created_at, registry, record, field)"
      " VALUES (?, ?, ?, ?, ?, ?, '', 0, '') RETURNING id",
      {shown, std::string(mime), static_cast<std::int64_t>(bytes.size()), packed(bytes), account, now});
}

std::optional<StoredFile> stored_file(storage::Session& session, std::int64_t id) {
  auto row = session.prepare("SELECT name, mime, content FROM es_file WHERE id = ?");
  row.bind(1, id);
  if (!row.step()) return {};
  return StoredFile{std::string(row.text(0)), std::string(row.text(1)), unpacked(row.text(2))};
}

bool may_hold(storage::Session& session, std::int64_t file, std::int64_t account, std::string_view registry,
              std::int64_t record, std::string_view field) {
  return session.integer(
             "SELECT COUNT(*) FROM es_file WHERE id = ? AND ((registry = '' AND account = ?)"
             " OR (registry = ? AND record = ? AND field = ?))",
             {file, account, std::string(registry), record, std::string(field)}) != 0;
}

void attach_file(storage::Session& session, std::int64_t file, std::string_view registry, std::int64_t record,
                 std::string_view field) {
  session.execute("UPDATE es_file SET registry = ?, record = ?, field = ? WHERE id = ?",
                  {std::string(registry), record, std::string(field), file});
}

void erase_files(storage::Session& session, std::string_view registry, std::int64_t record) {
  session.execute("DELETE FROM es_file WHERE registry = ? AND record = ?", {std::string(registry), record});
}

}  // namespace eschool::registry
