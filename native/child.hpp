#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/descriptor.hpp"
#include "native/signals.hpp"

namespace trilane::cli {

/// A program that runs beside us, with its stdout, and if wanted its stdin, at our end of a pipe. Of what it writes to stderr
/// the last 64 KiB are kept. Errors are ErrorCode::io. Its stdin ends when this process does, however that ends, and signals
/// that end this process end it, too.
///
/// It has ended when its process has, whoever still holds its pipes. All that it wrote until then is read.
class Child {
 public:
  using Environment = std::map<std::string, std::string>;
  using Deadline = std::chrono::steady_clock::time_point;

  /// The descriptor on which a launch of this binary finds the pipe for its progress, one line a step.
  static constexpr int progress_descriptor = 3;

  /// Starts `sh -c command` with these variables added to its environment. It leads a process group; what it leaves there at its
  /// end is ended.
  Child(const std::string& command, const Environment& environment, bool with_stdin);
  /// Starts this very binary anew with these arguments, the program's name apart, and with a pipe for its progress.
  explicit Child(std::vector<std::string> arguments);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// As wait().
  ~Child();

  /// What is read from now on must come within that time. What is late is as its end, and it is asked to end.
  void expect_within(std::chrono::duration<double> time);
  [[nodiscard]] bool was_late() const { return was_late_; }

  /// False if it no longer reads.
  bool write_line(const std::string& line);
  /// A line of its stdout without its end; none at the end of its stdout.
  std::optional<std::string> read_line() { return read_line(stdout_of_it); }
  std::optional<std::string> read_progress() { return read_line(progress_of_it); }
  /// Its stdout up to its own end.
  std::string read_all();
  /// Closes our ends of its pipes and waits for its end; if that takes long, asks it to, then makes it. Its exit status, as a shell
  /// has it: 128 + the signal that ended it.
  int wait();
  /// What it wrote to stderr.
  [[nodiscard]] const std::string& said() const { return pipes_[stderr_of_it].text; }

 private:
  enum Stream : std::size_t { stdout_of_it, stderr_of_it, progress_of_it, streams };
  enum class Step { more, ended, late };
  struct Pipe {
    Descriptor end;    // ours; none once the other is closed
    std::string text;  // that was read, and not yet given to the caller
  };
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  void start(const std::function<void()>& exec, ChildEnd end, bool with_progress, bool with_stdin);
  std::optional<std::string> read_line(Stream stream);
  Step step(Deadline deadline);
  void take(Stream stream, std::size_t bytes);
  void take_what_is_left();
  [[nodiscard]] bool ends_within(std::chrono::seconds time);
  void signal(int number) const;
  [[nodiscard]] int reap() const;

  std::array<Pipe, streams> pipes_;
  File in_{nullptr, &std::fclose};
  Deadline deadline_ = Deadline::max();
  bool was_late_ = false;
  bool has_ended_ = false;
  bool leads_group_ = false;
  pid_t process_ = -1;
  int status_ = 0;
};

/// What a program that failed said, for a message of one line: its last line. Where it said more, the last 20 lines are shown on
/// stderr before; `who` names it there.
std::string complaint(const std::string& who, const std::string& said);

}  // namespace trilane::cli
