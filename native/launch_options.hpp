#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "native/launcher.hpp"

namespace trilane::cli {

/// How pairs of launches are made, as the user says it: what `ab` and `aa` have in common.
struct LaunchOptions {
  std::string cases;
  double budget_s = 60;
  std::uint32_t seed = 1;
  bool on_request = false;
  double timeout_s = Launcher::default_timeout_s;
};

/// Adds --cases, --budget, --seed, --on-request and --timeout, which fill `options`; it must outlive the command. `budget` says
/// what that is for.
void add_launch_options(CLI::App& command, LaunchOptions& options, const std::string& budget);

}  // namespace trilane::cli
