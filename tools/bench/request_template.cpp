#include "request_template.hpp"

namespace bench {

RequestTemplate::RequestTemplate(std::string method, const std::string& path, const std::string& body, std::string host,
                                 std::vector<std::int64_t> ids, std::vector<std::string> lines)
    : method_(std::move(method)),
      host_(std::move(host)),
      path_(split(path)),
      body_(split(body)),
      ids_(std::move(ids)),
      lines_(std::move(lines)) {}

std::vector<RequestTemplate::Piece> RequestTemplate::split(const std::string& text) {
  std::vector<Piece> pieces;
  std::string plain;
  const auto mark = [&](Piece::Kind kind) {
    if (!plain.empty()) pieces.push_back({Piece::Kind::text, std::move(plain)});
    plain.clear();
    pieces.push_back({kind, {}});
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 3, "{n}") == 0) {
      mark(Piece::Kind::counter);
      i += 3;
    } else if (text.compare(i, 3, "{r}") == 0) {
      mark(Piece::Kind::random);
      i += 3;
    } else if (text.compare(i, 4, "{id}") == 0) {
      mark(Piece::Kind::id);
      i += 4;
    } else if (text.compare(i, 6, "{line}") == 0) {
      mark(Piece::Kind::line);
      i += 6;
    } else {
      plain += text[i++];
    }
  }
  if (!plain.empty()) pieces.push_back({Piece::Kind::text, std::move(plain)});
  return pieces;
}

void RequestTemplate::append(std::string& out, const std::vector<Piece>& pieces, std::int64_t id,
                             std::int64_t random) const {
  for (const Piece& piece : pieces) {
    switch (piece.kind) {
      case Piece::Kind::text:
        out += piece.text;
        break;
      case Piece::Kind::counter:
        out += std::to_string(counter_);
        break;
      case Piece::Kind::id:
        out += std::to_string(id);
        break;
      case Piece::Kind::line:
        if (!lines_.empty()) out += lines_[static_cast<std::size_t>(counter_) % lines_.size()];
        break;
      case Piece::Kind::random:
        out += std::to_string(random);
        break;
    }
  }
}

std::string RequestTemplate::next(const std::string& fields) {
  const std::int64_t id = ids_.empty() ? counter_ : ids_[static_cast<std::size_t>(counter_) % ids_.size()];
  const auto random = static_cast<std::int64_t>(1'000'000 + random_() % 9'000'000);
  std::string out = method_ + ' ';
  append(out, path_, id, random);
  out += " HTTP/1.1\r\nHost: " + host_ + "\r\n" + fields;
  if (!body_.empty()) {
    std::string body;
    append(body, body_, id, random);
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  } else {
    out += "\r\n";
  }
  ++counter_;
  return out;
}

}  // namespace bench
