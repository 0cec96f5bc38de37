/// The patronymic that a child has by the father's given name. Pure function, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "text/names.hpp"

namespace eschool::text {

/// «Пётр» gives «Петрович» and «Петровна», «Илья» «Ильич» and «Ильинична», «Дмитрий» «Дмитриевич».
/// `father` is one given name in the nominative with a capital letter. Empty for an empty name. Names that language
/// allows in two forms («Даниилович», «Данилович»; «Геннадиевич», «Геннадьевич») get the one more common today: a
/// document may say the other, so this only proposes.
std::string patronymic_of(std::string_view father, Sex child);

}  // namespace eschool::text
