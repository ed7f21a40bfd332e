#include "native/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <utility>

#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

using Clock = std::chrono::steady_clock;

// The running program, whatever has become of its file meanwhile.
constexpr const char* this_binary = "/proc/self/exe";
constexpr int could_not_start = 127;
constexpr std::chrono::seconds patience{20};
constexpr std::size_t max_piece = 65536;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::io, what + ": " + std::strerror(errno)); }

struct PipeEnds {
  Descriptor reading;
  Descriptor writing;
};

/// At numbers that the child's own descriptors do not take.
PipeEnds new_pipe() {
  std::array<int, 2> low{};
  if (pipe2(low.data(), O_CLOEXEC) != 0) fail("no pipe to a command");
  const Descriptor reading(low[0]);
  const Descriptor writing(low[1]);
  PipeEnds ends{Descriptor(fcntl(reading.get(), F_DUPFD_CLOEXEC, Child::progress_descriptor + 1)),
                Descriptor(fcntl(writing.get(), F_DUPFD_CLOEXEC, Child::progress_descriptor + 1))};
  if (!ends.reading || !ends.writing) fail("no pipe to a command");
  return ends;
}

/// In the child, which is about to be `program`.
[[noreturn]] void say_why_not(const char* program) {
  dprintf(STDERR_FILENO, "cannot run %s: %s\n", program, std::strerror(errno));
  _exit(could_not_start);
}

/// In milliseconds, as poll() takes it: from 0 to a minute.
int time_left(Child::Deadline deadline) {
  constexpr std::chrono::milliseconds longest{60'000};
  const auto now = Clock::now();
  if (deadline <= now) return 0;
  if (deadline - now >= longest) return static_cast<int>(longest.count());
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count());
}

}  // namespace

std::string complaint(const std::string& who, const std::string& said) {
  constexpr std::size_t max_lines = 20;
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < said.size();) {
    const std::size_t end = std::min(said.find('\n', from), said.size());
    const std::string line = said.substr(from, end - from);
    if (line.find_first_not_of(" \t\r") != std::string::npos) lines.push_back(line);
    from = end + 1;
  }
  if (lines.empty()) return "";
  const std::size_t first = lines.size() - std::min(lines.size(), max_lines);
  for (std::size_t i = first; i + 1 < lines.size(); ++i) std::cerr << who << ": " << printable(lines[i]) << "\n";
  const std::string name = "trilane: ";
  return lines.back().starts_with(name) ? lines.back().substr(name.size()) : lines.back();
}

Child::Child(const std::string& command, const Environment& environment, bool with_stdin) {
  // This program has no other thread, so the child may do what it likes.
  const auto exec = [&] {
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    say_why_not("/bin/sh");
  };
  start(exec, ChildEnd::terminate_group, false, with_stdin);
}

Child::Child(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "trilane");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const auto exec = [&] {
    execv(this_binary, pointers.data());
    say_why_not(this_binary);
  };
  start(exec, ChildEnd::kill, true, false);
}

void Child::start(const std::function<void()>& exec, ChildEnd end, bool with_progress, bool with_stdin) {
  PipeEnds in = new_pipe();
  std::array<PipeEnds, streams> outs;
  const std::array<int, streams> numbers = {STDOUT_FILENO, STDERR_FILENO, progress_descriptor};
  const std::size_t count = with_progress ? streams : streams - 1;
  for (std::size_t i = 0; i < count; ++i) outs[i] = new_pipe();
  const auto become = [&] {
    bool done = dup2(in.reading.get(), STDIN_FILENO) >= 0;
    for (std::size_t i = 0; i < count; ++i) done = done && dup2(outs[i].writing.get(), numbers[i]) >= 0;
    if (done) exec();
    _exit(could_not_start);
  };
  if (with_stdin) {
    in_.reset(fdopen(in.writing.get(), "w"));
    if (!in_) fail("no pipe to a command");
    static_cast<void>(in.writing.release());
  }
  leads_group_ = end == ChildEnd::terminate_group;
  process_ = fork_with_us(become, end);
  if (process_ < 0) fail("cannot start a command");
  for (std::size_t i = 0; i < count; ++i) pipes_[i].end = std::move(outs[i].reading);
}

Child::~Child() { wait(); }

bool Child::write_line(const std::string& line) {
  return std::fputs((line + "\n").c_str(), in_.get()) >= 0 && std::fflush(in_.get()) == 0;
}

void Child::expect_within(std::chrono::duration<double> time) {
  deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
}

/// Reads so many bytes that are there. None is the end: the other end is closed.
void Child::take(Stream stream, std::size_t bytes) {
  Pipe& pipe = pipes_[stream];
  const std::size_t before = pipe.text.size();
  pipe.text.resize(before + bytes);
  const ssize_t got = read(pipe.end.get(), pipe.text.data() + before, bytes);
  if (got < 0 && errno != EINTR) fail("cannot read what a command wrote");
  pipe.text.resize(before + static_cast<std::size_t>(std::max(got, ssize_t{0})));
  if (got == 0) pipe.end.reset();
  constexpr std::size_t max_said = 65536;
  if (stream == stderr_of_it && pipe.text.size() > max_said) pipe.text.erase(0, pipe.text.size() - max_said);
}

/// What it wrote before its end, and no more: something that it left behind may go on writing.
void Child::take_what_is_left() {
  for (std::size_t i = 0; i < streams; ++i) {
    int bytes = 0;
    if (pipes_[i].end && ioctl(pipes_[i].end.get(), FIONREAD, &bytes) == 0 && bytes > 0) {
      take(static_cast<Stream>(i), static_cast<std::size_t>(bytes));
    }
    pipes_[i].end.reset();
  }
}

/// Waits for one thing: something to read, which it reads, the end of the process, or the deadline.
Child::Step Child::step(Deadline deadline) {
  if (has_ended_) return Step::ended;
  std::array<pollfd, streams + 1> waited{};
  for (std::size_t i = 0; i < streams; ++i) {
    waited[i] = {.fd = pipes_[i].end ? pipes_[i].end.get() : -1, .events = POLLIN, .revents = 0};
  }
  waited[streams] = {.fd = child_events(), .events = POLLIN, .revents = 0};
  for (;;) {
    clear_child_events();  // before it is asked: what comes later is seen by poll()
    if (has_ended(process_)) {
      take_what_is_left();
      has_ended_ = true;
      return Step::ended;
    }
    const int ready = poll(waited.data(), waited.size(), time_left(deadline));
    if (ready < 0 && errno != EINTR) fail("cannot read what a command wrote");
    if (ready == 0 && deadline <= Clock::now()) return Step::late;
    if (ready <= 0) continue;
    bool taken = false;
    for (std::size_t i = 0; i < streams; ++i) {
      if (waited[i].revents == 0) continue;
      take(static_cast<Stream>(i), max_piece);
      taken = true;
    }
    if (taken) return Step::more;
  }
}

std::optional<std::string> Child::read_line(Stream stream) {
  Pipe& pipe = pipes_[stream];
  std::size_t end = 0;
  while ((end = pipe.text.find('\n', end)) == std::string::npos) {
    end = pipe.text.size();
    const Step done = pipe.end && !was_late_ ? step(deadline_) : Step::ended;
    if (done == Step::late) {
      was_late_ = true;
      signal(SIGTERM);
    }
    if (done == Step::more || pipe.text.size() > end) continue;
    if (pipe.text.empty() || was_late_) return std::nullopt;
    return std::exchange(pipe.text, {});
  }
  std::string line = pipe.text.substr(0, end);
  pipe.text.erase(0, end + 1);
  return line;
}

std::string Child::read_all() {
  Step done = Step::more;
  while (done == Step::more) done = step(deadline_);
  if (done == Step::late) {
    was_late_ = true;
    signal(SIGTERM);
  }
  return std::exchange(pipes_[stdout_of_it].text, {});
}

void Child::signal(int number) const { kill(leads_group_ ? -process_ : process_, number); }

bool Child::ends_within(std::chrono::seconds time) {
  const Deadline deadline = Clock::now() + time;
  for (;;) {
    const Step done = step(deadline);
    if (done != Step::more) return done == Step::ended;
  }
}

/// Waits for the process, which has ended, and ends what it left in its group: asks it to, then makes it.
int Child::reap() const {
  if (leads_group_) kill(-process_, SIGTERM);  // before: nobody else can have the group's number yet
  forget_child(process_);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  const Deadline deadline = Clock::now() + patience;
  while (leads_group_ && kill(-process_, 0) == 0) {
    clear_child_events();
    if (waitpid(-process_, nullptr, WNOHANG) > 0) continue;
    if (deadline <= Clock::now()) {
      kill(-process_, SIGKILL);
      break;
    }
    pollfd events{.fd = child_events(), .events = POLLIN, .revents = 0};
    poll(&events, 1, time_left(deadline));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Child::wait() {
  if (process_ < 0) return status_;
  // What waits for us to read or to write shall not wait for ever.
  in_.reset();
  pipes_[stdout_of_it].end.reset();
  pipes_[progress_of_it].end.reset();
  if (!ends_within(patience)) {
    signal(SIGTERM);
    if (!ends_within(patience)) {
      signal(SIGKILL);
      while (step(Deadline::max()) != Step::ended) {
      }
    }
  }
  status_ = reap();
  process_ = -1;
  return status_;
}

}  // namespace trilane::cli
