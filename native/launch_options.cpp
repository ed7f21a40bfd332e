#include "native/launch_options.hpp"

namespace trilane::cli {

void add_launch_options(CLI::App& command, LaunchOptions& options, const std::string& budget) {
  command.add_option("--cases", options.cases, "TRILANE_CASES of the first pair: a regular expression")
      ->type_name("REGEX");
  command.add_option("--budget", options.budget_s, budget)->type_name("SECONDS")->check(CLI::Range(0.1, 1e6));
  command.add_option("--seed", options.seed, "Of the orders that are drawn (default 1)")->type_name("N");
  command.add_flag("--on-request", options.on_request, "Start each command once; it answers requests on its stdin");
  command.add_option("--timeout", options.timeout_s, "A launch that takes longer has failed (default 1000)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 1e6));
}

}  // namespace trilane::cli
