#include "native/launch.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "native/child.hpp"
#include "native/output.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

// The running program, whatever has become of its file meanwhile.
constexpr const char* this_binary = "/proc/self/exe";
constexpr int could_not_start = 127;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::io, what); }

File temporary() {
  File file(std::tmpfile(), &std::fclose);
  if (!file) fail(std::string("no room for what a launch writes: ") + std::strerror(errno));
  return file;
}

std::string content(const File& file) {
  std::rewind(file.get());
  return read_to_end(file.get());
}

/// Both ends, at numbers that the child's own descriptors do not take.
class Pipe {
 public:
  Pipe() {
    std::array<int, 2> low{};
    if (pipe(low.data()) != 0) fail(std::string("no pipe to a launch: ") + std::strerror(errno));
    for (std::size_t i = 0; i < 2; ++i) {
      ends_[i] = fcntl(low[i], F_DUPFD_CLOEXEC, progress_descriptor + 1);
      close(low[i]);
    }
    if (ends_[0] < 0 || ends_[1] < 0) fail(std::string("no pipe to a launch: ") + std::strerror(errno));
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  [[nodiscard]] int reading() const { return ends_[0]; }
  [[nodiscard]] int writing() const { return ends_[1]; }
  void close_writing() {
    close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// Between fork() and exec(): only what is safe there.
[[noreturn]] void become(char* const* arguments, int out, int err, int progress) {
  const int in = open("/dev/null", O_RDONLY);
  if (in >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0 &&
      dup2(progress, progress_descriptor) >= 0) {
    execv(this_binary, arguments);
  }
  _exit(could_not_start);
}

void read_lines(int from, const std::function<void(const std::string&)>& on_line) {
  std::string line;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      if (piece[i] != '\n') {
        line += piece[i];
        continue;
      }
      on_line(line);
      line.clear();
    }
  }
}

/// The last line, without the program's name.
std::string complaint(std::string text) {
  const std::string line = last_line(std::move(text));
  const std::string name = "trilane: ";
  return line.starts_with(name) ? line.substr(name.size()) : line;
}

void require_success(int status, const std::string& name, const std::string& stderr_text) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  if (WIFSIGNALED(status)) {
    fail(name + " was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")");
  }
  if (WEXITSTATUS(status) == could_not_start) fail(name + " could not be started from " + this_binary);
  fail(name + " failed: " + complaint(stderr_text));
}

}  // namespace

std::string launch(const std::string& name, std::vector<std::string> arguments,
                   const std::function<void(const std::string&)>& on_progress) {
  arguments.insert(arguments.begin(), "trilane");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const File out = temporary();
  const File err = temporary();
  Pipe progress;

  const pid_t child =
      fork_with_us([&] { become(pointers.data(), fileno(out.get()), fileno(err.get()), progress.writing()); });
  if (child < 0) fail(name + " could not be started: " + std::strerror(errno));
  progress.close_writing();
  read_lines(progress.reading(), on_progress);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail("lost " + name + ": " + std::strerror(errno));
  }
  forget_child(child);
  require_success(status, name, content(err));
  return content(out);
}

}  // namespace trilane::cli
