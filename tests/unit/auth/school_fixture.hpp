#pragma once

#include <memory>
#include <string>

#include "kernel/audit/history.hpp"
#include "kernel/auth/accounts.hpp"
#include "kernel/auth/tables.hpp"
#include "kernel/storage/database.hpp"
#include "place.hpp"

/// A database with the kernel's tables in a folder that is removed afterwards.
struct SchoolFixture {
  eschool::test::Place place;
  std::unique_ptr<eschool::storage::Database> database;
  eschool::auth::Accounts accounts;

  SchoolFixture() { open(); }
  SchoolFixture(const SchoolFixture&) = delete;

  void open() {
    database.reset();
    database = eschool::storage::Database::open(place.database());
    for (int twice = 0; twice < 2; ++twice)  // making the tables again changes nothing
      database->write([](eschool::storage::Session& session) {
        eschool::auth::create_tables(session);
        eschool::audit::create_tables(session);
      });
  }
  eschool::auth::Created create(const std::string& login, std::int64_t person = 0, const std::string& hash = {},
                                std::int64_t now = 1000) {
    eschool::auth::Created created;
    database->write([&](eschool::storage::Session& session) {
      created = accounts.create(session, {login, person, hash}, now);
    });
    return created;
  }
};
