#include "native/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "native/output.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int could_not_start = 127;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::io, what + ": " + std::strerror(errno)); }

std::array<int, 2> new_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe to a command");
  return ends;
}

constexpr std::chrono::seconds patience{20};

/// Whether the process ends in that time; then its status.
bool ends_within(std::chrono::seconds time, pid_t process, int& status) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (waitpid(process, &status, WNOHANG) != process) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace

std::string read_to_end(std::FILE* stream) {
  std::string text;
  std::array<char, 65536> piece{};
  std::size_t got = 0;
  while ((got = std::fread(piece.data(), 1, piece.size(), stream)) != 0) text.append(piece.data(), got);
  if (std::ferror(stream) != 0) fail("cannot read what a command wrote");
  return text;
}

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Child::Child(const std::string& command, const Environment& environment, bool with_stdin)
    : stderr_(std::tmpfile(), &std::fclose), in_(nullptr, &std::fclose) {
  if (!stderr_) fail("no room for what a command says");
  const auto out = new_pipe();
  const auto in = new_pipe();
  // This program has no other thread, so the child may do what it likes.
  const auto become = [&] {
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    if (dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0 &&
        dup2(fileno(stderr_.get()), STDERR_FILENO) >= 0) {
      std::signal(SIGPIPE, SIG_DFL);
      execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    }
    _exit(could_not_start);
  };
  process_ = fork_with_us(become, ChildEnd::terminate_group);
  if (process_ < 0) fail("cannot start a command");
  close(in[0]);
  close(out[1]);
  out_ = out[0];
  in_.reset(fdopen(in[1], "w"));
  if (!in_) fail("no pipe to a command");
  if (!with_stdin) in_.reset();
}

Child::~Child() { wait(); }

bool Child::write_line(const std::string& line) {
  return std::fputs((line + "\n").c_str(), in_.get()) >= 0 && std::fflush(in_.get()) == 0;
}

void Child::expect_within(std::chrono::duration<double> time) {
  using Clock = std::chrono::steady_clock;
  deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
}

/// False at the end of its stdout, and when the deadline is over.
bool Child::read_more() {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    constexpr std::chrono::milliseconds longest{60'000};  // poll() counts in an int
    pollfd waited{.fd = out_, .events = POLLIN, .revents = 0};
    const int ready =
        poll(&waited, 1, static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, longest).count()));
    if (ready < 0 && errno != EINTR) fail("cannot read what a command wrote");
    if (ready > 0) break;
    if (left.count() > 0) continue;
    was_late_ = true;
    kill(-process_, SIGTERM);
    return false;
  }
  std::array<char, 65536> piece{};
  const ssize_t got = read(out_, piece.data(), piece.size());
  if (got < 0) fail("cannot read what a command wrote");
  read_.append(piece.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::optional<std::string> Child::read_line() {
  std::size_t end = 0;
  while ((end = read_.find('\n', end)) == std::string::npos) {
    end = read_.size();
    if (read_more()) continue;
    if (read_.empty() || was_late_) return std::nullopt;
    return std::exchange(read_, {});
  }
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

std::string Child::read_all() {
  while (read_more()) {
  }
  return std::exchange(read_, {});
}

int Child::wait() {
  if (process_ < 0) return status_;
  // What waits for us to read or to write shall not wait for ever.
  in_.reset();
  close(out_);
  int status = 0;
  if (!ends_within(patience, process_, status)) {
    kill(-process_, SIGTERM);
    if (!ends_within(patience, process_, status)) {
      kill(-process_, SIGKILL);
      while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
      }
    }
  }
  forget_child(process_);
  process_ = -1;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

std::string Child::complaint() const {
  std::rewind(stderr_.get());
  return last_line(read_to_end(stderr_.get()));
}

}  // namespace trilane::cli
