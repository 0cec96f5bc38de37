#include "kernel/cli/command_line.hpp"

int main(int count, char** arguments) { return eschool::cli::run(count, arguments); }
