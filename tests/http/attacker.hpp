/// One hostile connection: sends what it likes when it likes, and watches how the server ends it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eschool::test {

class Attacker {
 public:
  /// Connects to 127.0.0.1. Throws std::runtime_error when it can not.
  explicit Attacker(std::uint16_t port);
  ~Attacker();  ///< breaks the connection off, so that no port waits out its minute
  Attacker(Attacker&& other) noexcept;
  Attacker& operator=(Attacker&&) = delete;
  Attacker(const Attacker&) = delete;

  /// Sends what the socket takes at once; answers how many bytes that was. 0: it is full, or the server has closed.
  std::size_t send(std::string_view bytes);
  /// Reads until `enough` of the marks "HTTP/1.1 " came, the server closed, or the time is over.
  void read(double seconds, std::size_t enough = ~std::size_t{0});

  const std::string& received() const { return received_; }
  bool closed() const { return closed_; }  ///< the server has ended or broken the connection off
  bool broken() const { return broken_; }  ///< broken off: replies may be lost
  std::size_t replies() const;             ///< how many status lines came
  int status() const;                      ///< of the first reply; 0 when none came

 private:
  int descriptor_ = -1;
  bool closed_ = false, broken_ = false;
  std::string received_;
};

/// How many descriptors this process may open, its limit raised as far as the system allows.
std::size_t raise_descriptor_limit();

}  // namespace eschool::test
