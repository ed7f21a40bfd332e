#include "native/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

// What the signal handler removes: a name of fixed size, since a handler must not allocate.
struct Unfinished {
  std::array<char, 4096> path{};
  volatile std::sig_atomic_t there = 0;
};

namespace {

std::array<Unfinished, 2> all_unfinished{};

/// None if the path is too long, or if as many are open as there may be.
Unfinished* remember_unfinished(const std::string& path) {
  for (Unfinished& one : all_unfinished) {
    if (one.there != 0 || path.size() >= one.path.size()) continue;
    std::memcpy(one.path.data(), path.c_str(), path.size() + 1);
    one.there = 1;
    return &one;
  }
  return nullptr;
}

void forget(Unfinished* one) {
  if (one != nullptr) one->there = 0;
}

// Of fork_with_us(): what kill() takes, a process or, negative, its group; 0 where there is none.
std::array<volatile std::sig_atomic_t, 4> running_children{};
volatile std::sig_atomic_t on_terminal = 0;
const char* volatile last_words = nullptr;  // a signal handler may read a pointer that is written at once

constexpr std::array ending_signals = {SIGINT, SIGTERM, SIGHUP};

extern "C" void remove_and_die(int signal) {
  for (const Unfinished& one : all_unfinished) {
    if (one.there != 0) unlink(one.path.data());
  }
  bool has_child = false;
  for (const volatile std::sig_atomic_t& child : running_children) {
    if (child == 0) continue;
    has_child = true;
    kill(child, child < 0 ? SIGTERM : SIGKILL);
  }
  const char* message = last_words;
  if (message == nullptr && has_child) message = "trilane: interrupted; nothing was written\n";
  if (message != nullptr) {
    constexpr std::string_view erase_line = "\r\033[K";
    if (on_terminal != 0 && write(STDERR_FILENO, erase_line.data(), erase_line.size()) < 0) on_terminal = 0;
    if (write(STDERR_FILENO, message, std::strlen(message)) < 0) on_terminal = 0;
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

safetensors::WriteAt writer_of(Output& output) {
  return [&output](std::uint64_t offset, std::span<const std::byte> bytes) { output.write_at(offset, bytes); };
}

void handle_signals() {
  on_terminal = may_rewrite_stderr() ? 1 : 0;
  for (const int signal : ending_signals) std::signal(signal, &remove_and_die);
  // A closed pipe and a file that may not grow are errors of write(), with a message.
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

pid_t fork_with_us(const std::function<void()>& body, ChildEnd end) {
  const auto place = std::find(running_children.begin(), running_children.end(), 0);
  if (place == running_children.end()) {
    errno = EAGAIN;
    return -1;
  }
  // Without a gap in which a signal would end this process and miss the child.
  sigset_t ending;
  sigset_t before;
  sigemptyset(&ending);
  for (const int signal : ending_signals) sigaddset(&ending, signal);
  sigprocmask(SIG_BLOCK, &ending, &before);
  const pid_t child = fork();
  if (child == 0) {
    // Until exec() brings the defaults, the handler must not take this process for the one whose file is unfinished.
    for (const int signal : ending_signals) std::signal(signal, SIG_DFL);
    if (end == ChildEnd::terminate_group) setpgid(0, 0);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    body();
    _exit(1);
  }
  if (child > 0) {
    // Both do it, so that it is done before either goes on.
    if (end == ChildEnd::terminate_group) setpgid(child, child);
    *place = end == ChildEnd::terminate_group ? -child : child;
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return child;
}

void forget_child(pid_t child) {
  for (volatile std::sig_atomic_t& one : running_children) {
    if (one == child || one == -child) one = 0;
  }
}

void say_when_interrupted(const char* line) { last_words = line; }

Output::Output(std::string path) : path_(std::move(path)) {
  struct stat status {};
  const bool exists = path_ != "-" && stat(path_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) throw Error(ErrorCode::io, "cannot write " + path_ + ": it is a directory");
  if (path_ != "-" && (!exists || S_ISREG(status.st_mode))) {
    open_beside(exists, status.st_mode);
    return;
  }
  through_ = path_ == "-" ? dup(STDOUT_FILENO) : open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (path_ == "-") path_ = "standard output";
  if (through_ < 0) fail("cannot open");
  std::FILE* spool = std::tmpfile();
  if (spool == nullptr) fail("no room to collect what goes to");
  file_ = dup(fileno(spool));
  std::fclose(spool);
}

Output::~Output() {
  if (file_ >= 0) close(file_);
  if (through_ >= 0) close(through_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
  forget(std::exchange(unfinished_, nullptr));
}

void Output::open_beside(bool exists, unsigned mode) {
  // A link's target is replaced, not the link.
  if (char* resolved = exists ? realpath(path_.c_str(), nullptr) : nullptr) {
    path_ = resolved;
    std::free(resolved);
  }
  temporary_ = path_ + ".XXXXXX";
  file_ = mkstemp(temporary_.data());
  if (file_ < 0) {
    temporary_.clear();
    fail("cannot create");
  }
  unfinished_ = remember_unfinished(temporary_);
  // mkstemp() grants the owner alone; a new file gets what the umask leaves, an old one keeps what it had.
  const mode_t mask = umask(0);
  umask(mask);
  constexpr mode_t everyone = 0666;
  if (fchmod(file_, exists ? mode & 07777 : everyone & ~mask) != 0) fail("cannot set the permissions of");
}

void Output::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write");
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void Output::commit() {
  if (through_ >= 0) {
    send_on();
    return;
  }
  if (fsync(file_) != 0) fail("cannot write");
  if (close(std::exchange(file_, -1)) != 0) fail("cannot write");
  if (rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot create");
  temporary_.clear();
  forget(std::exchange(unfinished_, nullptr));
}

void Output::send_on() {
  std::array<std::byte, 65536> piece{};
  off_t offset = 0;
  for (;;) {
    const ssize_t got = pread(file_, piece.data(), piece.size(), offset);
    if (got < 0) fail("cannot read back what goes to");
    if (got == 0) return;
    offset += got;
    std::span<const std::byte> rest(piece.data(), static_cast<std::size_t>(got));
    while (!rest.empty()) {
      const ssize_t written = ::write(through_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("cannot write");
      rest = rest.subspan(static_cast<std::size_t>(written));
    }
  }
}

void Output::fail(const char* what) const {
  throw Error(ErrorCode::io, std::string(what) + " " + path_ + ": " + std::strerror(errno));
}

}  // namespace trilane::cli
