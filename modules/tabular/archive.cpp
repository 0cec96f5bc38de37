#include "tabular/archive.hpp"

#include <zip.h>

#include <new>
#include <vector>

namespace eschool::tabular {
namespace {

constexpr std::size_t kPieceBytes = 64U << 10;
/// Small members may be of one repeated letter; a bomb is large.
constexpr std::size_t kRatioCountsFrom = 1U << 20;

[[noreturn]] void fail_zip(int code, const std::string& where) {
  if (code == ZIP_ER_MEMORY) throw std::bad_alloc();
  fail_damaged(where);
}

}  // namespace

struct Archive::Zip {
  zip_t* handle = nullptr;
  ~Zip() {
    if (handle != nullptr) zip_discard(handle);
  }
};

Archive::Archive(std::string_view bytes, Budget& budget) : zip_(std::make_unique<Zip>()), budget_(budget) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) {
    zip_->handle = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (zip_->handle == nullptr) zip_source_free(source);
  }
  const int code = zip_error_code_zip(&error);
  zip_error_fini(&error);
  if (zip_->handle == nullptr) fail_zip(code, "архив обрывается или загружен не полностью");
  const auto entries = zip_get_num_entries(zip_->handle, 0);
  if (entries > static_cast<zip_int64_t>(budget_.caps().entries))
    fail("too_many_entries", "В архиве файла больше " + std::to_string(budget_.caps().entries) +
                                 " частей. Это не похоже на таблицу: сохраните её заново как «Книга Excel (.xlsx)».");
}

Archive::~Archive() = default;

bool Archive::has(const std::string& name) const { return zip_name_locate(zip_->handle, name.c_str(), 0) >= 0; }

bool Archive::read(const std::string& name, const std::function<void(std::string_view)>& piece) const {
  auto index = zip_name_locate(zip_->handle, name.c_str(), 0);
  // Names differ from references in case only in files of some exporters, and Excel opens them.
  if (index < 0) index = zip_name_locate(zip_->handle, name.c_str(), ZIP_FL_NOCASE);
  if (index < 0) return false;
  const auto at = static_cast<zip_uint64_t>(index);

  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(zip_->handle, at, 0, &stat) != 0) fail_damaged("часть «" + name + "» не читается");
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE)
    fail("encrypted", "Архив файла защищён паролем. Снимите пароль и загрузите файл ещё раз.");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    fail_damaged("часть «" + name + "» сжата способом, которого в таблицах Excel не бывает");

  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(zip_->handle, at, 0), &zip_fclose);
  if (file == nullptr) fail_zip(zip_error_code_zip(zip_get_error(zip_->handle)), "часть «" + name + "» не читается");
  std::vector<char> buffer(kPieceBytes);
  std::size_t total = 0;
  for (;;) {
    const auto got = zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0)
      fail_zip(zip_error_code_zip(zip_file_get_error(file.get())), "часть «" + name + "» не распаковывается");
    if (got == 0) return true;
    total += static_cast<std::size_t>(got);
    budget_.unpacked(static_cast<std::size_t>(got));
    if (total > kRatioCountsFrom && total / budget_.caps().ratio > stat.comp_size)
      fail("compression_ratio",
           "Файл сжат необычно сильно (больше чем в " + std::to_string(budget_.caps().ratio) +
               " раз) и похож на «zip-бомбу». Удалите пустые оформленные строки, сохраните таблицу заново и загрузите "
               "ещё раз.");
    budget_.check_cpu();
    piece({buffer.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace eschool::tabular
