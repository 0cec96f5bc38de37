// What the server says and does when its disk is full or cannot be written to.
#include <doctest/doctest.h>

#include <filesystem>

#include "fleet.hpp"
#include "installation.hpp"
#include "mounted_folder.hpp"
#include "readiness.hpp"

using namespace eschool::test;
namespace fs = std::filesystem;

TEST_CASE("a full disk: reading goes on, nothing acknowledged is lost, and space brings the writing back") {
  if (!MountedFolder::possible("full disk")) return;
  const MountedFolder disk(24);
  Installation own(disk.path());
  own.create_school();
  own.start();
  const auto client = own.as("administrator");
  CHECK(ready(client).status == 200);

  const auto ballast = disk.fill(256 << 10);
  int written = 0;
  Response refused;
  for (; written < 2000; ++written) {
    refused = client.post(records("people.student"), student(written));
    if (refused.status != 201) break;
  }
  CHECK(refused.status == 507);
  CHECK(refused.code() == "disk_full");
  auto state = ready(client);
  CHECK(state.status == 503);
  CHECK(state.text("status") == "faulty");
  CHECK(state.text("code") == "disk_full");
  CHECK(state.text("reason").find("место") != std::string::npos);
  CHECK(ready(client, "test").text("code") == "disk_full");
  CHECK(client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 0") != std::string::npos);
  const auto said = own.run({"status"});
  CHECK(said.code == 1);
  CHECK(said.out.find("место") != std::string::npos);

  // Reading goes on, also under many clients that try to write.
  CHECK(client.ids("people.student").size() == static_cast<std::size_t>(written));
  std::vector<Ledger> ledgers(16);
  { Fleet(client.port(), client.token(), 1, ledgers).stop(); }
  for (const auto& ledger : ledgers)
    CHECK((ledger.unexpected.empty() || ledger.unexpected.find(" 507 ") != std::string::npos));
  CHECK(client.ids("people.student").size() >= static_cast<std::size_t>(written));
  CHECK(ready(client).status == 503);

  fs::remove(ballast);
  CHECK(comes_true(
      [&] { return client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 1") != std::string::npos; }));
  state = ready(client);
  CHECK(state.status == 200);
  CHECK(state.body.if_contains("code") == nullptr);
  const auto before = client.ids("people.student").size();
  CHECK(client.post(records("people.student"), student(written)).status == 201);
  CHECK(client.ids("people.student").size() == before + 1);
  CHECK(own.run({"audit", "verify"}).code == 0);

  // The same after a restart: what was acknowledged before and after is there.
  CHECK(own.stop() == 0);
  own.start();
  CHECK(own.as("administrator").ids("people.student").size() == before + 1);
}

TEST_CASE("killed while the disk is full: the server comes up, says so, and goes on once there is space") {
  if (!MountedFolder::possible("killed on a full disk")) return;
  const MountedFolder disk(24);
  Installation own(disk.path());
  own.create_school();
  own.start();
  const auto token = own.as("administrator").token();
  auto client = own.client();
  client.set_token(token);
  const auto ballast = disk.fill(128 << 10);
  int written = 0;
  while (written < 2000 && client.post(records("people.student"), student(written)).status == 201) ++written;
  own.kill();
  own.start();
  client = own.client();
  client.set_token(token);
  // Whether the shared memory of the WAL still fits decides if the school can be read at all; both are told.
  const auto state = ready(client);
  CAPTURE(json::serialize(state.body));
  CHECK((state.status == 200 || state.text("code") == "disk_full"));
  fs::remove(ballast);
  CHECK(comes_true([&] { return ready(client).status == 200; }));
  CHECK(client.ids("people.student").size() == static_cast<std::size_t>(written));
  CHECK(client.post(records("people.student"), student(written)).status == 201);
  CHECK(own.run({"audit", "verify"}).code == 0);
}

TEST_CASE("a data folder that became read-only: the server starts and says so; writable again, the school opens") {
  if (!MountedFolder::possible("read-only folder")) return;
  MountedFolder disk(24);
  Installation own(disk.path());
  own.create_school();
  own.start();
  REQUIRE(own.as("administrator").post(records("people.student"), student(1)).status == 201);
  REQUIRE(own.stop() == 0);

  disk.set_read_only(true);
  const auto refused = own.run({"user", "list"});
  CHECK(refused.code == 1);
  CHECK(refused.error.find("только для чтения") != std::string::npos);
  own.start();
  auto client = own.client();
  const auto state = ready(client);
  CHECK(state.status == 503);
  CHECK(state.text("code") == "read_only");
  CHECK(state.text("reason").find("только для чтения") != std::string::npos);
  const auto asked = client.get("/api/v1/session");
  CHECK(asked.status == 503);
  CHECK(asked.code() == "read_only");
  CHECK(client.get("/healthz").status == 200);
  CHECK(client.get("/metrics").body.find("eschool_school_up{school=\"test\"} 0") != std::string::npos);

  disk.set_read_only(false);
  CHECK(comes_true([&] { return ready(client).status == 200; }));
  client = own.as("administrator");
  CHECK(client.ids("people.student").size() == 1);
  CHECK(client.post(records("people.student"), student(2)).status == 201);
}
