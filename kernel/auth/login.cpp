#include "kernel/auth/login.hpp"

#include "kernel/auth/passwords.hpp"

namespace eschool::auth {

LoginCheck check_login(const std::optional<Credentials>& known, std::string_view password, std::int64_t now) {
  const std::string_view stored = known ? std::string_view(known->password) : std::string_view();
  LoginCheck check;
  if (!verify_password(stored, password)) return check;
  if (!known->enabled) {
    check.outcome = LoginOutcome::disabled;
  } else if (is_code_hash(stored) && known->one_time_expires && known->one_time_expires <= now) {
    check.outcome = LoginOutcome::code_expired;
  } else {
    check.outcome = LoginOutcome::ok;
    if (needs_rehash(stored)) check.new_hash = hash_password(password);
  }
  return check;
}

std::string_view login_message(LoginOutcome outcome) {
  switch (outcome) {
    case LoginOutcome::ok:
      return "Вход выполнен.";
    case LoginOutcome::disabled:
      return "Учётная запись отключена. Обратитесь к администратору школы.";
    case LoginOutcome::code_expired:
      return "Срок одноразового пароля истёк. Попросите администратора школы выдать новый.";
    case LoginOutcome::wrong:
      break;
  }
  return "Неверный логин или пароль.";
}

}  // namespace eschool::auth
