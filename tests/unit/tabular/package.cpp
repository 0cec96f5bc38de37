#include "package.hpp"

#include <doctest/doctest.h>
#include <zip.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace eschool::tabular::test {

std::string zip(const Members& members, const char* password) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  REQUIRE(target != nullptr);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  REQUIRE(archive != nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const auto index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    REQUIRE(index >= 0);
    if (password != nullptr)
      REQUIRE(zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_128, password) == 0);
  }
  REQUIRE(zip_close(archive) == 0);
  zip_stat_t stat;
  zip_stat_init(&stat);
  REQUIRE(zip_source_open(target) == 0);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

Members workbook_members(const std::string& sheet_xml, const Members& extra) {
  const std::string package = "http://schemas.openxmlformats.org/package/2006/relationships";
  const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const std::string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  Members members = {
      {"_rels/.rels", "<Relationships xmlns='" + package + "'><Relationship Id='rId1' Type='" + office +
                          "/officeDocument' Target='xl/workbook.xml'/></Relationships>"},
      {"xl/workbook.xml",
       "<workbook xmlns='" + main + "' xmlns:r='" + office +
           "'><workbookPr/><sheets><sheet name='Лист' sheetId='1' r:id='rId1'/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels", "<Relationships xmlns='" + package + "'><Relationship Id='rId1' Type='" + office +
                                         "/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='rId2' Type='" +
                                         office + "/styles' Target='/xl/styles.xml'/><Relationship Id='rId3' Type='" +
                                         office + "/sharedStrings' Target='sharedStrings.xml'/></Relationships>"},
      {"xl/worksheets/sheet1.xml", "<worksheet xmlns='" + main + "'>" + sheet_xml + "</worksheet>"}};
  for (const auto& member : extra) {
    const auto same =
        std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == member.first; });
    if (same != members.end())
      *same = member;
    else
      members.push_back(member);
  }
  return members;
}

std::string workbook_of_rows(const std::string& rows_xml, const Members& extra) {
  return zip(workbook_members("<sheetData>" + rows_xml + "</sheetData>", extra));
}

std::string sample(const std::string& name) {
  std::ifstream file(std::string(ESCHOOL_SOURCE_DIR "/tests/fixtures/excel/") + name, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace eschool::tabular::test
