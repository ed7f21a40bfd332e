#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bench/baseline.hpp"
#include "native/child.hpp"

namespace trilane::cli {

/// Makes launches by a shell command: each gives a baseline of one launch.
///
/// A command is started anew for each launch, finds TRILANE_SEED (the seed of the order of its cases) and TRILANE_CASES (a
/// regular expression of the cases that are wanted, empty for all) in its environment, and writes the baseline to stdout. On
/// request, it is started once and stays: each line on its stdin is a JSON {"seed": 1, "cases": "…"}, each answer on its
/// stdout one line, the baseline or {"error": "…"}. A line {"prepare": {"seed": 1, "cases": "…"}} says which launch is
/// wanted next, and is answered by a line, too: then all is ready for it, as far as the command knows such a thing.
class Launcher {
 public:
  /// `side` names it in messages. A launch that takes more than `timeout_s` has failed.
  Launcher(std::string side, std::string command, bool on_request, double timeout_s = default_timeout_s);

  static constexpr double default_timeout_s = 1000;  ///< the headless runner gives up sooner, and knows why

  /// On request: starts the command, so that it gets ready while another does.
  void start();

  /// On request: asks for all to be made ready for the next launch. Two commands do that at once.
  void ask_to_prepare(std::uint32_t seed, const std::string& cases);
  /// Until it has answered, whatever that is: launch() finds out what is wrong, and has two tries.
  void wait_until_prepared();

  /// A launch that fails is made once more (browsers die), which is said on stderr. Throws invalid_argument if there is no such
  /// command, corrupt_data with both reasons if it failed again, or is no baseline.
  bench::Baseline launch(std::uint32_t seed, const std::string& cases);

 private:
  bench::Baseline try_to_launch(std::uint32_t seed, const std::string& cases);
  std::string once(std::uint32_t seed, const std::string& cases);
  void ask(const std::string& line);
  std::string answer();
  [[noreturn]] void fail(const std::string& why) const;
  [[noreturn]] void fail_to_end(Child& child) const;
  [[noreturn]] void fail_to_answer(const std::string& why) const;
  [[nodiscard]] std::string reason_of(const std::string& said) const;

  std::string side_;
  std::string command_;
  bool on_request_;
  double timeout_s_;
  std::unique_ptr<Child> child_;  // on request
  std::string said_;              // by the last launch that ended well, on stderr
  bool asked_ = false;            // the last line has gone to it
  bool asked_to_prepare_ = false;
};

}  // namespace trilane::cli
