/// What is printed when ways in are handed out. Any thread; throw MissingFont and what Document throws.
#pragma once

#include <string>
#include <vector>

namespace eschool::print {

struct WayIn {
  std::string name;
  std::string group;  ///< the class; "" when there is none
  std::string login;
  std::string one_time_password;  ///< of no use to the sheet
};

/// Ten slips a page, to cut apart along dashed lines: who, where, login, one-time password, a QR code of the address.
/// Long texts are broken and set smaller, never cut.
std::string access_slips(const std::string& school, const std::string& address, const std::vector<WayIn>&);

/// The list to sign by who has got a slip. `date`: as it is printed.
std::string access_sheet(const std::string& school, const std::string& date, const std::vector<WayIn>&);

}  // namespace eschool::print
