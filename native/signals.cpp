#include "native/signals.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "native/descriptor.hpp"
#include "native/terminal.hpp"

namespace trilane::cli {

namespace {

constexpr std::array ending_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
// A closed pipe and a file that may not grow are errors of write(), with a message.
constexpr std::array failing_signals = {SIGPIPE, SIGXFSZ};

struct Disposition {
  int signal = 0;
  struct sigaction action {};
};

// As this process found them. Its children get the same.
std::array<Disposition, 7> at_entry{};
sigset_t mask_at_entry{};

// The files that the signal handler removes, the newest first. It changes only while signals are blocked.
UnfinishedFile* volatile unfinished = nullptr;

// Of fork_with_us(): what kill() takes, a process or, negative, its group; 0 where there is none.
std::array<volatile std::sig_atomic_t, 4> running_children{};
volatile std::sig_atomic_t on_terminal = 0;
const char* volatile last_words = nullptr;  // a signal handler may read a pointer that is written at once
volatile std::sig_atomic_t events_writing = -1;

sigset_t ending_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : ending_signals) sigaddset(&set, signal);
  return set;
}

struct sigaction handled_by(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  return action;
}

}  // namespace

void remove_unfinished_files() noexcept {
  for (const UnfinishedFile* one = unfinished; one != nullptr; one = one->next_) {
    if (one->is_kept_ == 0) unlink(one->path_.c_str());
  }
}

namespace {

extern "C" void remove_and_die(int signal) {
  remove_unfinished_files();
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

extern "C" void note_child(int) {
  const int error = errno;
  // Where the pipe is full it can be read from already.
  if (write(events_writing, "", 1) < 0) errno = error;
}

/// In the child, before any signal reaches it: the handlers must not take it for the process whose file is unfinished.
void restore_signals() {
  for (const Disposition& one : at_entry) sigaction(one.signal, &one.action, nullptr);
  sigprocmask(SIG_SETMASK, &mask_at_entry, nullptr);
}

/// The reading end of the pipe that note_child() writes to.
int watch_children() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  events_writing = ends[1];
  const struct sigaction action = handled_by(&note_child);
  sigaction(SIGCHLD, &action, nullptr);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_UNBLOCK, &child, nullptr);
  // What a child leaves behind becomes a child of this process: so its end can be waited for.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  return ends[0];
}

}  // namespace

void handle_signals() {
  on_terminal = may_rewrite_stderr() ? 1 : 0;
  std::size_t i = 0;
  const auto note = [&](int signal) {
    at_entry[i].signal = signal;
    sigaction(signal, nullptr, &at_entry[i].action);
    return at_entry[i++].action.sa_handler == SIG_IGN;
  };
  const struct sigaction die = handled_by(&remove_and_die);
  for (const int signal : ending_signals) {
    if (!note(signal)) sigaction(signal, &die, nullptr);
  }
  const struct sigaction ignore = handled_by(SIG_IGN);
  for (const int signal : failing_signals) {
    note(signal);
    sigaction(signal, &ignore, nullptr);
  }
  note(SIGCHLD);
  sigprocmask(SIG_SETMASK, nullptr, &mask_at_entry);
}

SignalsBlocked::SignalsBlocked() {
  const sigset_t ending = ending_set();
  sigprocmask(SIG_BLOCK, &ending, &before_);
}

SignalsBlocked::~SignalsBlocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

UnfinishedFile::UnfinishedFile(std::string path) : path_(std::move(path)), next_(unfinished) {
  const SignalsBlocked blocked;
  next_ = unfinished;
  unfinished = this;
}

UnfinishedFile::~UnfinishedFile() {
  const SignalsBlocked blocked;
  if (unfinished == this) unfinished = next_;
  for (UnfinishedFile* one = unfinished; one != nullptr; one = one->next_) {
    if (one->next_ == this) one->next_ = next_;
  }
  if (is_kept_ == 0) unlink(path_.c_str());
}

pid_t fork_with_us(const std::function<void()>& body, ChildEnd end) {
  const auto place = std::find(running_children.begin(), running_children.end(), 0);
  if (place == running_children.end()) {
    errno = EAGAIN;
    return -1;
  }
  if (child_events() < 0) return -1;
  // Without a gap in which a signal would end this process and miss the child.
  const SignalsBlocked blocked;
  const pid_t child = fork();
  if (child == 0) {
    if (end == ChildEnd::terminate_group) setpgid(0, 0);
    restore_signals();
    body();
    _exit(1);
  }
  if (child > 0) {
    // Both do it, so that it is done before either goes on.
    if (end == ChildEnd::terminate_group) setpgid(child, child);
    *place = end == ChildEnd::terminate_group ? -child : child;
  }
  return child;
}

void forget_child(pid_t child) {
  for (volatile std::sig_atomic_t& one : running_children) {
    if (one == child || one == -child) one = 0;
  }
}

int child_events() {
  static const int reading = watch_children();
  return reading;
}

void clear_child_events() {
  std::array<char, 64> taken{};
  while (read(child_events(), taken.data(), taken.size()) > 0) {
  }
}

bool has_ended(pid_t child) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

void say_when_interrupted(const char* line) { last_words = line; }

}  // namespace trilane::cli
