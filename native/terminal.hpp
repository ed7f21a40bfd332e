#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace trilane::cli {

/// True if `file` (1 stdout, 2 stderr) is a terminal that may show bold and colours: not with NO_COLOR or TERM=dumb.
bool styled(int file);
/// The same from what it depends on: the two variables of the environment, null where not set.
bool may_style(bool is_terminal, const char* no_color, const char* term);

/// Returns whether a line on stderr may be rewritten in place: only on a terminal, and not with TERM=dumb.
bool may_rewrite_stderr();
bool may_rewrite(bool is_terminal, const char* term);

// What turns them on and off.
inline constexpr std::string_view bold = "\033[1m";
inline constexpr std::string_view red = "\033[31m";
inline constexpr std::string_view green = "\033[32m";
inline constexpr std::string_view yellow = "\033[33m";
inline constexpr std::string_view reset = "\033[0m";

/// The text with control characters as \xNN: names out of files must not steer a terminal, nor break a line in two.
std::string printable(std::string_view text);

/// Says on stderr, in one line, why the program ends with `status`, which it returns.
int complain(std::string_view message, int status);
/// The same of what was thrown.
int complain(const std::exception& thrown, int status);
/// What it says; of an exhausted memory, in words.
std::string reason_of(const std::exception& thrown);

/// One line on stderr, rewritten in place: "bench 12 % · quantize/i2_s/1024, avx2 · 40 s left". Nothing where
/// may_rewrite_stderr() says no.
class Progress {
 public:
  explicit Progress(std::string what);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  /// share: 0 … 1.
  void show(const std::string& now, double share, std::optional<double> seconds_left);
  /// The same for work that is counted in bytes: the time left is judged by what is done.
  void show_bytes(const std::string& now, std::uint64_t done, std::uint64_t all);
  void clear();

 private:
  std::string what_;
  bool shows_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace trilane::cli
