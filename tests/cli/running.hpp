#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "files.hpp"

// Waiting for what a process does. Nothing here waits for a time: a process that never does it meets ctest's time limit, one
// that ends before is a failure at once.

namespace trilane::test {

/// A run of the binary that has not been waited for.
class Running {
 public:
  /// `folder` holds its stdout and stderr, the files `out` and `err`.
  Running(pid_t id, std::filesystem::path folder);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  [[nodiscard]] pid_t id() const { return id_; }
  void signal(int number) const;
  /// Until its stdout or stderr has this text.
  void wait_until_printed(std::string_view text) const;
  /// Until there is a file whose path begins so.
  void wait_for_file(const std::filesystem::path& prefix) const;

 private:
  friend class HeldLaunches;
  template <class Condition>
  void wait_in(const std::filesystem::path& folder, const Condition& condition) const;

  pid_t id_;
  std::filesystem::path folder_;
  int ended_;  // a pidfd
};

/// SIGINT once there is a file whose path begins so.
std::function<void(const Running&)> interrupt_when(const std::filesystem::path& prefix);

/// The launches of `bench --launches`: each waits, as it starts, until go() is called.
class HeldLaunches {
 public:
  HeldLaunches();
  HeldLaunches(const HeldLaunches&) = delete;
  HeldLaunches& operator=(const HeldLaunches&) = delete;
  ~HeldLaunches();

  /// What the run finds in its environment.
  [[nodiscard]] std::vector<std::string> environment() const;
  /// The process id of the next launch that starts.
  pid_t next(const Running& run) const;
  /// One goes on.
  void go() const;

 private:
  TemporaryFolder folder_;
  int launches_;
  int go_;
};

/// A process that need not be a child.
class Watched {
 public:
  explicit Watched(pid_t id);
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched();
  void wait_until_ended() const;

 private:
  int ended_;
};

/// For the environment of a run: tests/cli/preload/LIBRARY.cpp is preloaded, and finds these variables.
std::vector<std::string> preload(const std::string& library, std::vector<std::string> variables);

}  // namespace trilane::test
