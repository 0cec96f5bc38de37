#include "kernel/auth/common_passwords.hpp"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "text/fold.hpp"

namespace eschool::auth {

namespace {

// Words without the digits that people add; either script stands for both, see keys().
constexpr std::string_view words =
    // Frequent everywhere.
    "password passw0rd p@ssw0rd p@ssword pa55word passwort passport secret letmein welcome welcome! login logmein "
    "admin "
    "administrator root user guest test tester testing demo default changeme master superman batman spiderman pokemon "
    "dragon monkey tiger tigger lion eagle falcon panther jaguar dolphin butterfly princess prince queen king angel "
    "sunshine flower summer winter spring autumn shadow hunter ranger killer hacker gamer player ninja samurai warrior "
    "football baseball basketball hockey soccer tennis liverpool chelsea arsenal barcelona juventus realmadrid spartak "
    "zenit cska lokomotiv dinamo iloveyou loveyou lovely forever mylove honey sweet sweety baby babygirl cookie "
    "chocolate "
    "cheese banana orange cherry apple peach pepper ginger freedom michael jordan jennifer jessica michelle daniel "
    "thomas "
    "andrew robert charlie matthew joshua ashley nicole amanda starwars matrix whatever trustno1 nothing something "
    "computer internet google facebook youtube yandex mail vkontakte telegram instagram tiktok minecraft roblox "
    "fortnite "
    "brawlstars standoff counterstrike dota dota2 csgo worldoftanks pubg genshin amongus samsung iphone nokia xiaomi "
    "huawei sony playstation xbox nintendo windows linux microsoft android ferrari mercedes porsche toyota honda "
    "nissan "
    "bmw audi lada harley yamaha corvette mustang chevrolet lamborghini abc123 abcd1234 a1b2c3d4 a1s2d3f4 q1w2e3r4 "
    "q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t 1q2w3e 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1xsw2 qaz123 qazwsx qazwsxedc "
    "qwe123 qwe123qwe qweasd qweasdzxc asdzxc 123qwe 123qweasd 123qweasdzxc qwer1234 asdf1234 zxcv1234 1234qwer "
    "12qwaszx "
    "qwaszx zxc123 asd123 aaa111 111aaa 123abc 123asd 123321q blabla blablabla blahblah zzzzzz xxxxxx access "
    "accessdenied "
    "private public system server database oracle cisco router network office company business money dollar million "
    "success lucky happy smile heaven hello hellothere goodbye goodluck thankyou please sorry family mother father "
    "brother sister friend friends forever1 music guitar rocknroll metallica nirvana eminem rammstein linkinpark "
    "slipknot "
    "blackstar whitewolf wolf bear fox rabbit kitty kitten puppy doggy cat dog horse panda "
    // Russian, by sound.
    "parol parol' moyparol lubov lyubov lublu lubimaya lubimiy natasha nastya nastena masha mashenka sasha sashka "
    "dasha "
    "katya katerina lena elena olga tanya tatyana sveta svetlana irina marina galina ludmila ksenia polina alina arina "
    "kristina viktoria vika yulia julia anya anna sergey dima dmitriy andrey alexey aleksey aleksandr alexander maxim "
    "maksim nikita ivan vlad vladimir vladislav igor oleg roman artem kirill denis pavel mikhail egor ilya anton "
    "evgeniy "
    "moskva piter rossiya russia krasotka zaika zayka solnce solnyshko kotik koshka sobaka medved volk tigr lev orel "
    "privet poka druzhba schastie zvezda spartak1 marusya malina vishnya klubnika shokolad konfeta printsessa "
    "princessa "
    "shkola shkolnik uchitel uchenik uchenica urok klass direktor zavuch dnevnik zhurnal gimnazia licey direktor1 "
    // Russian.
    "пароль пароли мойпароль нетпароля секрет тайна привет приветик здравствуй пока спасибо пожалуйста любовь люблю "
    "люблютебя ялюблютебя любимая любимый солнце солнышко зайка зайчик зая котик котенок кошка собака собачка медведь "
    "мишка "
    "волк тигр лев орел рыбка бабочка звезда звездочка ангел ангелочек принцесса принц королева король красотка "
    "красавица "
    "малышка малыш счастье дружба друзья семья мама мамочка папа бабушка дедушка брат сестра мамапапа мамаяилюблютебя "
    "москва "
    "россия питер родина победа весна лето осень зима снег море радуга роза ромашка малина вишня клубника яблоко "
    "апельсин "
    "шоколад конфета мороженое спартак зенит динамо локомотив футбол хоккей танки майнкрафт игра геймер хакер админ "
    "администратор пользователь компьютер интернет яндекс телефон логин вход войти тест проба гость "
    "наташа настя маша машенька саша сашка даша катя катюша лена елена оля ольга таня татьяна света светлана ира ирина "
    "марина "
    "галина людмила ксюша ксения полина алина арина кристина виктория вика юля юлия аня анна анастасия екатерина мария "
    "сергей сережа дима дмитрий андрей алексей леша александр максим никита иван ваня владимир владислав влад игорь "
    "олег "
    "роман рома артем кирилл денис павел паша михаил миша егор илья антон евгений женя тимофей матвей даниил данил "
    "фыва фывапролд фывапролджэ ячсмить йцукен йцукенг йцукенгшщз йфяцыч йцуфыв йцуфывячс фывйцу ячс123 "
    "жопа дурак идиот бляха черт пипец отстань незнаю немогу непомню забыл неважно безпароля простопароль новыйпароль "
    // School.
    "школа школа1 школьник школьница моя школа мояшкола гимназия лицей колледж учитель учительница ученик ученица "
    "учеба урок "
    "уроки класс классный директор завуч педагог дневник журнал электронныйдневник электронныйжурнал электроннаяшкола "
    "сетевойгород эльжур знания пятерка двойка оценка оценки домашка контрольная математика алгебра геометрия русский "
    "русскийязык литература физика химия биология история география информатика физкультура английский родитель "
    "родители "
    "первоклассник выпускник экзамен егэ огэ каникулы сентябрь октябрь ноябрь декабрь январь февраль март апрель май "
    "июнь "
    "июль август понедельник вторник среда четверг пятница суббота воскресенье school student teacher pupil classroom "
    "homework diary journal lesson education";

constexpr std::array<std::string_view, 5> key_rows = {"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
                                                      "abcdefghijklmnopqrstuvwxyz"};

/// The key of a Latin keyboard that carries the letter.
std::string keys(std::string_view text) {
  static constexpr std::u32string_view russian = U"йцукенгшщзхъфывапролджэячсмитьбю";
  static constexpr std::string_view latin = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";
  static_assert(russian.size() == latin.size());
  const auto folded = text::fold(text);
  std::string out;
  for (std::size_t at = 0; at < folded.size();) {
    const auto start = at;
    const auto code = text::next_code_point(folded, at);
    const auto found = russian.find(code);
    if (found != std::u32string_view::npos)
      out += latin[found];
    else
      out.append(folded, start, at - start);
  }
  return out;
}

const std::unordered_set<std::string>& known() {
  static const auto set = [] {
    std::unordered_set<std::string> made;
    for (std::size_t at = 0; at < words.size();) {
      const auto end = std::min(words.find(' ', at), words.size());
      made.insert(keys(words.substr(at, end - at)));
      at = end + 1;
    }
    return made;
  }();
  return set;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_decoration(char c) {
  return is_digit(c) || std::string_view("!@#$%^&*()-_=+?.,:;/ ").find(c) != std::string_view::npos;
}

/// The typed keys with up to four digits or signs taken off each end, all ways.
bool decorated_word(std::string_view typed) {
  const auto& set = known();
  for (std::size_t front = 0; front <= 4 && front < typed.size(); ++front) {
    if (front > 0 && !is_decoration(typed[front - 1])) break;
    for (std::size_t back = 0; back <= 4 && front + back + 3 <= typed.size(); ++back) {
      if (back > 0 && !is_decoration(typed[typed.size() - back])) break;
      if (set.contains(std::string(typed.substr(front, typed.size() - front - back)))) return true;
    }
  }
  return false;
}

bool repeats(std::string_view typed) {
  for (std::size_t period = 1; period <= std::min<std::size_t>(4, typed.size() / 2); ++period)
    if (typed.substr(period) == typed.substr(0, typed.size() - period)) return true;
  return false;
}

/// Made of few pieces of keyboard rows or of the alphabet: qwertyasdf, 12345678, 87654321qwerty.
bool rows_of_keys(std::string_view typed) {
  const auto run = [](std::string_view rest) {
    std::size_t best = 1;
    for (const auto row : key_rows) {
      for (const int step : {1, -1}) {
        std::size_t length = 0;
        auto place = row.find(rest[0]);
        while (length < rest.size() && place < row.size() && row[place] == rest[length]) {
          ++length;
          if (step < 0 && place == 0) break;
          place = step > 0 ? place + 1 : place - 1;
        }
        best = std::max(best, length);
      }
    }
    return best;
  };
  std::size_t pieces = 0;
  for (std::size_t at = 0; at < typed.size(); ++pieces) at += run(typed.substr(at));
  return pieces * 3 <= typed.size();
}

bool is_date(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (is_digit(c))
      digits += c;
    else if (std::string_view("./-, ").find(c) == std::string_view::npos)
      return false;
  }
  if (digits.size() != 8) return false;
  const auto number = [&](std::size_t from, std::size_t size) { return std::stoi(digits.substr(from, size)); };
  const auto plausible = [](int day, int month, int year) {
    return day >= 1 && day <= 31 && month >= 1 && month <= 12 && year >= 1920 && year <= 2039;
  };
  return plausible(number(0, 2), number(2, 2), number(4, 4)) || plausible(number(6, 2), number(4, 2), number(0, 4)) ||
         plausible(number(2, 2), number(0, 2), number(4, 4));
}

/// Fewer guesses than a school's gate lets through in a year: about a million.
bool guessed_soon(std::string_view typed) {
  constexpr std::size_t looked_at = 64;  // the search takes the square of the length, and what is longer is no guess
  constexpr double bits = 20;
  return ZxcvbnMatch(std::string(typed.substr(0, looked_at)).c_str(), nullptr, nullptr) < bits;
}

}  // namespace

bool is_common_password(std::string_view password) {
  const auto typed = keys(password);
  return typed.empty() || guessed_soon(typed) || decorated_word(typed) || repeats(typed) || rows_of_keys(typed) ||
         is_date(typed);
}

}  // namespace eschool::auth
