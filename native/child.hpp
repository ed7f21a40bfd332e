#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace trilane::cli {

/// All that the stream still has. Errors are ErrorCode::io.
std::string read_to_end(std::FILE* stream);

/// The last line of what a program said, which is its complaint if it failed.
std::string last_line(std::string text);

/// A shell command that runs beside us, with its stdout, and if wanted its stdin, at our end of a pipe. What it says on stderr
/// is kept for complaint(). Errors are ErrorCode::io. Its stdin ends when this process does, however that ends, and signals
/// that end this process end it, too.
class Child {
 public:
  using Environment = std::map<std::string, std::string>;

  /// Starts `sh -c command` with these variables added to its environment.
  Child(const std::string& command, const Environment& environment, bool with_stdin);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// As wait().
  ~Child();

  /// What is read from now on must come within that time. What is late is as its end, and it is asked to end.
  void expect_within(std::chrono::duration<double> time);
  [[nodiscard]] bool was_late() const { return was_late_; }

  /// False if it no longer reads.
  bool write_line(const std::string& line);
  /// Without its end; none at the end of its stdout.
  std::optional<std::string> read_line();
  std::string read_all();
  /// Closes our ends of its pipes and waits for its end; if that takes long, asks it to, then makes it. Its exit status, as a shell
  /// has it: 128 + the signal that ended it.
  int wait();
  /// The last line that it wrote to stderr.
  [[nodiscard]] std::string complaint() const;

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  bool read_more();

  File stderr_;
  int out_ = -1;
  std::string read_;  // of its stdout, and not yet given to the caller
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  bool was_late_ = false;
  File in_;
  pid_t process_ = -1;
  int status_ = 0;
};

}  // namespace trilane::cli
