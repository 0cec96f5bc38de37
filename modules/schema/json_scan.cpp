#include "schema/json_scan.hpp"

#include <algorithm>
#include <set>

namespace eschool::schema {
namespace {

class Scanner {
 public:
  Scanner(std::string_view text, Lines& lines) : text_(text), lines_(lines) {}

  std::vector<JsonProblem> run() {
    try {
      value("");
      space();
      if (at_ < text_.size()) fail("лишний текст после конца JSON");
    } catch (JsonProblem& problem) {
      problems_.push_back(std::move(problem));
    }
    return std::move(problems_);
  }

 private:
  [[noreturn]] void fail(std::string_view message) const { throw JsonProblem{line_, path_, std::string(message)}; }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  void space() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n')
        ++line_;
      else if (text_[at_] != ' ' && text_[at_] != '\t' && text_[at_] != '\r')
        return;
    }
  }

  void value(const std::string& path) {
    space();
    path_ = path;
    lines_.emplace(path, line_);
    if (at_ == text_.size()) fail("JSON обрывается: ожидалось значение");
    const char c = peek();
    if (c == '{')
      object(path);
    else if (c == '[')
      array(path);
    else if (c == '"')
      string();
    else if (c == '-' || digit())
      number();
    else if (!literal("true") && !literal("false") && !literal("null"))
      fail("ожидалось значение JSON: строка в двойных кавычках, число, true, false, null, { или [");
  }

  void enter() {
    if (++depth_ > 32) fail("вложенность JSON больше 32");
  }

  void object(const std::string& path) {
    enter();
    ++at_;
    std::set<std::string_view> seen;
    space();
    if (!take('}')) {
      do {
        space();
        path_ = path;
        if (peek() != '"') fail("ожидался ключ в двойных кавычках");
        const int key_line = line_;
        const std::string_view key = string();
        if (key.find('\\') != std::string_view::npos) fail("ключ записан с обратной косой чертой");
        const std::string inside = key_in(path, key);
        if (!seen.insert(key).second) problems_.push_back({key_line, inside, "ключ указан дважды"});
        lines_.emplace(inside, key_line);
        space();
        path_ = inside;
        if (!take(':')) fail("ожидалось двоеточие после ключа");
        value(inside);
        space();
      } while (take(','));
      path_ = path;
      if (!take('}')) fail("ожидалась запятая или } в объекте");
    }
    --depth_;
  }

  void array(const std::string& path) {
    enter();
    ++at_;
    space();
    if (!take(']')) {
      std::size_t index = 0;
      do {
        value(item_in(path, index++));
        space();
      } while (take(','));
      path_ = path;
      if (!take(']')) fail("ожидалась запятая или ] в списке");
    }
    --depth_;
  }

  /// The text between the quotes, escapes as they stand.
  std::string_view string() {
    const std::size_t begin = ++at_;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (static_cast<unsigned char>(text_[at_]) < 0x20)
        fail("строка не закрыта кавычкой или содержит управляющий знак");
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) escape();
    }
    if (at_ >= text_.size()) fail("строка не закрыта кавычкой");
    return text_.substr(begin, at_++ - begin);
  }

  /// Leaves the cursor on the last character of the escape.
  void escape() {
    const char c = text_[++at_];
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) fail("неизвестный знак после \\ в строке");
      return;
    }
    for (int i = 0; i < 4; ++i) {
      const bool hex =
          ++at_ < text_.size() && std::string_view("0123456789abcdefABCDEF").find(text_[at_]) != std::string_view::npos;
      if (!hex) fail("после \\u в строке нужны четыре шестнадцатеричные цифры");
    }
  }

  bool digit() const { return peek() >= '0' && peek() <= '9'; }
  void digits() {
    if (!digit()) fail("число записано неверно");
    while (digit()) ++at_;
  }

  void number() {
    take('-');
    if (!take('0')) digits();
    if (digit()) fail("число не может начинаться с нуля");
    if (take('.')) digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      digits();
    }
  }

  bool literal(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string_view text_;
  Lines& lines_;
  std::size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  std::string path_;
  std::vector<JsonProblem> problems_;
};

}  // namespace

std::vector<JsonProblem> scan_json(std::string_view text, Lines& lines) { return Scanner(text, lines).run(); }

int line_of(const Lines& lines, std::string_view key) {
  for (;;) {
    if (const auto found = lines.find(key); found != lines.end()) return found->second;
    if (key.empty()) return 0;
    const auto end = key.find_last_of(".[");
    key = end == std::string_view::npos ? std::string_view{} : key.substr(0, end);
  }
}

std::string key_in(std::string_view path, std::string_view key) {
  std::string inside(path);
  if (!inside.empty()) inside += '.';
  return inside += key;
}

std::string item_in(std::string_view path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

}  // namespace eschool::schema
