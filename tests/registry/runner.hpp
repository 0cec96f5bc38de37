/// Runs the data-driven tests: a `.test` file is a list of blocks, each a command, `----`, and what it must answer.
/// README.md beside this file describes the commands.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernel/access/policy.hpp"
#include "kernel/registry/record_query.hpp"
#include "kernel/storage/database.hpp"

namespace eschool::test {

struct Block {
  int line = 0;
  std::string command;
  std::vector<std::string> expected;
};

std::vector<Block> read_blocks(const std::filesystem::path& file);

/// Runs one file in a new database with the shipped schemas, those of tests/fixtures/schemas, the shipped roles and
/// those of tests/fixtures/roles.json. Each block is a doctest check of its own.
void run_test_file(const std::filesystem::path& file);

/// The database that the blocks of a file have filled, for tests that look behind the commands.
struct Stage {
  storage::Database& database;
  const access::Policy& policy;
  const registry::RecordQuery& query;
  std::string today;
  const std::map<std::string, std::string>& names;  ///< what the file saved by "->"
};
void on_stage(const std::filesystem::path& file, const std::function<void(const Stage&)>& act);

/// All files of a folder, sorted by name.
std::vector<std::filesystem::path> test_files(const std::filesystem::path& folder);

}  // namespace eschool::test
