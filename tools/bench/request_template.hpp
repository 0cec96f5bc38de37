/// Requests that differ from one to the next.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace bench {

/// A text with {n} (a counter from 0), {id} (the next of the ids, in turn), {line} (the next of the lines, in turn) and
/// {r} (seven random digits).
class RequestTemplate {
 public:
  RequestTemplate(std::string method, const std::string& path, const std::string& body, std::string host,
                  std::vector<std::int64_t> ids, std::vector<std::string> lines = {});
  /// The bytes of the next request; {id} in path and body is the same one. `fields`: further header lines, each with
  /// CR LF.
  std::string next(const std::string& fields);

 private:
  struct Piece {
    enum class Kind { text, counter, id, line, random } kind;
    std::string text;
  };
  static std::vector<Piece> split(const std::string& text);
  void append(std::string& out, const std::vector<Piece>& pieces, std::int64_t id, std::int64_t random) const;

  const std::string method_, host_;
  const std::vector<Piece> path_, body_;
  const std::vector<std::int64_t> ids_;
  const std::vector<std::string> lines_;
  std::int64_t counter_ = 0;
  std::mt19937_64 random_{20260901};
};

}  // namespace bench
