/// Runs the data-driven tests: a `.test` file is a list of blocks, each a command, `----`, and what it must answer.
/// README.md beside this file describes the commands.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

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

/// All files of a folder, sorted by name.
std::vector<std::filesystem::path> test_files(const std::filesystem::path& folder);

}  // namespace eschool::test
