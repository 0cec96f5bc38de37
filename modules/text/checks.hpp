/// The checks that a schema field names in `check`: each reads what people write and gives the one stored form, or says
/// in Russian what is wrong and what to do. Pure functions, safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eschool::text {

struct CheckResult {
  std::string value;    ///< the stored form; the cleaned input when the check failed
  std::string code;     ///< machine name of the failure, e.g. "snils_checksum"; empty when the value is good
  std::string message;  ///< Russian, for the person who can correct it; empty when the value is good
  std::vector<std::string> warnings;  ///< Russian; the value is good but was repaired, and someone should look

  bool ok() const { return code.empty(); }
};

/// Runs a check. An empty text is good and stays empty: whether a value is required is the schema's matter.
///
/// | name | accepts | stored |
/// |---|---|---|
/// | snils | 11 digits, any separators; 9–10 bare digits (zeros lost in Excel) with a warning | 112-233-445 95 |
/// | inn, inn_person, inn_org | 10 or 12 digits, 12, 10; a lost first zero with a warning | digits |
/// | kpp | 4 digits, 2 digits or Latin capitals, 3 digits | 9 characters |
/// | ogrn | 13 digits, or 15 of an entrepreneur | digits |
/// | okpo, oktmo | 8 or 10 digits; 8 or 11 digits (form only) | digits |
/// | phone | Russian numbers with 8, +7, 7 or bare; foreign ones with + | +7XXXXXXXXXX, +X… |
/// | email | one address | domain in lower case |
/// | url | http, https, or a bare domain with a warning | scheme and domain in lower case |
/// | person_name | letters, hyphen, apostrophe, blank, dot; Latin look-alikes with a warning | tidy_name() |
/// | class_name | what normalise_class() reads | 5А, 11-инж |
/// | timezone | a zone of the IANA base, Area/City | as written |
///
/// Check digits: СНИЛС modulo 101 (numbers up to 001-001-998 carry none); ИНН (its structure: order of ФНС
/// ММВ-7-6/435@ of 29.06.2012) weighted modulo 11; ОГРН modulo 11, of an entrepreneur modulo 13.
/// Failures: the text is not UTF-8 ("utf8"), the check is not known ("unknown_check"), or "<name>_<what>".
CheckResult check(std::string_view name, std::string_view text);

bool known_check(std::string_view name);

}  // namespace eschool::text
