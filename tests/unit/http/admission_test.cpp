#include "kernel/http/admission.hpp"

#include <doctest/doctest.h>

using namespace eschool::http;
using Verdict = Admission::Verdict;

TEST_CASE("the cap of an address does not touch other addresses, loopback or a proxy") {
  Limits limits;
  limits.connections = 100;
  limits.connections_per_address = 2;
  Admission admission(limits, {"10.0.0.1"});
  CHECK(admission.enter("192.0.2.1") == Verdict::admitted);
  CHECK(admission.enter("192.0.2.1") == Verdict::admitted);
  CHECK(admission.enter("192.0.2.1") == Verdict::refused);
  CHECK(admission.enter("192.0.2.2") == Verdict::admitted);
  for (int i = 0; i < 5; ++i) {
    CHECK(admission.enter("10.0.0.1") == Verdict::admitted);
    CHECK(admission.enter("127.0.0.1") == Verdict::admitted);
    CHECK(admission.enter("::1") == Verdict::admitted);
  }
  CHECK(admission.open() == 18);
  admission.leave("192.0.2.1", Verdict::refused);
  CHECK(admission.enter("192.0.2.1") == Verdict::refused);  // a refusal that ends frees no place
  admission.leave("192.0.2.1", Verdict::admitted);
  CHECK(admission.enter("192.0.2.1") == Verdict::admitted);
}

TEST_CASE("a full listener lets the administrator in and does not tell refusals without end") {
  Limits limits;
  limits.connections = 1;
  Admission admission(limits, {});
  CHECK(admission.enter("127.0.0.1") == Verdict::admitted);
  int refused = 0, dropped = 0;
  for (int i = 0; i < 1000; ++i) {
    const Verdict verdict = admission.enter("127.0.0.1");
    refused += verdict == Verdict::refused;
    dropped += verdict == Verdict::dropped;
  }
  CHECK(refused > 0);
  CHECK(refused <= 64);
  CHECK(refused + dropped == 1000);
  CHECK(admission.enter("") == Verdict::admitted);  // the control socket
  CHECK_FALSE(admission.wait_until_empty(std::chrono::milliseconds(10)));
  for (int i = 0; i < refused; ++i) admission.leave("127.0.0.1", Verdict::refused);
  admission.leave("127.0.0.1", Verdict::admitted);
  admission.leave("", Verdict::admitted);
  CHECK(admission.wait_until_empty(std::chrono::milliseconds(10)));
}
