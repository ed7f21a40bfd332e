#pragma once

#include <functional>
#include <string>
#include <vector>

#include "running.hpp"

namespace trilane::test {

/// How a run of the binary ended.
struct Ended {
  int status = -1;  ///< exit status; 128 + the signal's number if one ended it
  std::string out;
  std::string err;
  long peak_bytes = 0;  ///< the most memory it had
};

struct RunOptions {
  std::string input = {};                     ///< its stdin
  std::vector<std::string> environment = {};  ///< NAME=VALUE, besides this process's own
  unsigned long file_size_limit = 0;          ///< bytes, as if the disk were full there; 0: none
  std::string shell = {};                     ///< what a shell does with "$@", the binary and its arguments, instead
  std::function<void(const Running&)> meanwhile = {};  ///< called once it is started
};

/// Runs `trilane arguments…`.
Ended run(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// Runs it on a terminal of its own, and returns what it showed there. It must go well.
std::string run_on_terminal(const std::vector<std::string>& arguments, std::vector<std::string> environment);

/// Runs what must go well.
Ended run_well(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// Runs what must fail: this exit status, nothing on stdout, one line on stderr that has all of `parts`.
void run_badly(const std::vector<std::string>& arguments, int status, std::initializer_list<std::string_view> parts,
               const RunOptions& options = {});

}  // namespace trilane::test
