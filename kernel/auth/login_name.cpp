#include "kernel/auth/login_name.hpp"

#include "kernel/auth/accounts.hpp"
#include "text/passport_letters.hpp"

namespace eschool::auth {

namespace {

constexpr std::size_t longest = 40;  ///< leaves room for a number within the limit of a login

std::string wanted_login(std::string_view name) {
  std::string login, initials;
  while (!name.empty()) {
    const auto end = std::min(name.find(' '), name.size());
    const auto word = text::passport_letters(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
    if (word.empty()) continue;
    if (login.empty())
      login = word.substr(0, longest);
    else
      initials += word[0];
  }
  if (!initials.empty()) login += '.' + initials;
  if (login.size() < 3) login.insert(0, login.empty() ? "user" : "user.");
  return login;
}

}  // namespace

std::string free_login(storage::Session& session, std::string_view name) {
  const auto wanted = wanted_login(name);
  auto login = wanted;
  for (int number = 2; session.integer("SELECT count(*) FROM es_account WHERE login_key = ?", {login_key(login)});)
    login = wanted + std::to_string(number++);
  return login;
}

}  // namespace eschool::auth
