/// The functions behind check(). Each takes text cleaned by clean() and not empty.
#pragma once

#include <string_view>

#include "text/checks.hpp"

namespace eschool::text::checks {

CheckResult passed(std::string value);
CheckResult failed(std::string_view value, std::string_view code, std::string message);

CheckResult snils(std::string_view text);
CheckResult inn(std::string_view text);
CheckResult inn_person(std::string_view text);
CheckResult inn_org(std::string_view text);
CheckResult kpp(std::string_view text);
CheckResult ogrn(std::string_view text);
CheckResult okpo(std::string_view text);
CheckResult oktmo(std::string_view text);

CheckResult phone(std::string_view text);
CheckResult email(std::string_view text);
CheckResult url(std::string_view text);

CheckResult person_name(std::string_view text);
CheckResult class_name(std::string_view text);
CheckResult timezone(std::string_view text);

}  // namespace eschool::text::checks
