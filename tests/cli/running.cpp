#include "running.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace trilane::test {

namespace {

/// Can be read from once the process has ended.
int open_process(pid_t id) {
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, id, 0));
  BOOST_REQUIRE_MESSAGE(descriptor >= 0, "no pidfd of process " << id);
  return descriptor;
}

/// Until `descriptor` can be read from; false if the process ends before.
bool can_be_read(int descriptor, int ended) {
  std::array<pollfd, 2> waited{{{descriptor, POLLIN, 0}, {ended, POLLIN, 0}}};
  while (poll(waited.data(), waited.size(), -1) < 0) BOOST_REQUIRE(errno == EINTR);
  return waited[0].revents != 0;
}

}  // namespace

Running::Running(pid_t id, std::filesystem::path folder)
    : id_(id), folder_(std::move(folder)), ended_(open_process(id)) {}

Running::~Running() { close(ended_); }

void Running::signal(int number) const { BOOST_REQUIRE(kill(id_, number) == 0); }

/// Looks whenever something changes in the folder.
template <class Condition>
void Running::wait_in(const std::filesystem::path& folder, const Condition& condition) const {
  const int changes = inotify_init1(IN_CLOEXEC);
  BOOST_REQUIRE(inotify_add_watch(changes, folder.c_str(), IN_CREATE | IN_MODIFY | IN_MOVED_TO) >= 0);
  while (!condition()) {
    BOOST_REQUIRE_MESSAGE(can_be_read(changes, ended_) || condition(), "it ended before");
    std::array<char, 4096> events{};
    if (read(changes, events.data(), events.size()) < 0) break;
  }
  close(changes);
}

void Running::wait_until_printed(std::string_view text) const {
  wait_in(folder_, [&] {
    return std::ranges::any_of(std::array{"out", "err"}, [&](const char* name) {
      return std::filesystem::exists(folder_ / name) && read_file(folder_ / name).find(text) != std::string::npos;
    });
  });
}

void Running::wait_for_file(const std::filesystem::path& prefix) const {
  const std::string name = prefix.filename();
  wait_in(prefix.parent_path(), [&] {
    return std::ranges::any_of(std::filesystem::directory_iterator(prefix.parent_path()),
                               [&](const auto& entry) { return entry.path().filename().string().starts_with(name); });
  });
}

std::function<void(const Running&)> interrupt_when(const std::filesystem::path& prefix) {
  return [prefix](const Running& run) {
    run.wait_for_file(prefix);
    run.signal(SIGINT);
  };
}

HeldLaunches::HeldLaunches() {
  for (const char* name : {"launches", "go"}) BOOST_REQUIRE(mkfifo((folder_ / name).c_str(), 0600) == 0);
  // Both ends are open here: neither opening nor writing waits for the other side.
  launches_ = open((folder_ / "launches").c_str(), O_RDWR | O_CLOEXEC);
  go_ = open((folder_ / "go").c_str(), O_RDWR | O_CLOEXEC);
  BOOST_REQUIRE(launches_ >= 0);
  BOOST_REQUIRE(go_ >= 0);
}

HeldLaunches::~HeldLaunches() {
  close(launches_);
  close(go_);
}

std::vector<std::string> HeldLaunches::environment() const {
  return preload("announce",
                 {"TRILANE_TEST_LAUNCHES=" + (folder_ / "launches"), "TRILANE_TEST_GO=" + (folder_ / "go")});
}

pid_t HeldLaunches::next(const Running& run) const {
  BOOST_REQUIRE_MESSAGE(can_be_read(launches_, run.ended_), "no launch was started");
  std::array<char, 32> line{};  // they start one after the other
  BOOST_REQUIRE(read(launches_, line.data(), line.size() - 1) > 0);
  return std::atoi(line.data());
}

void HeldLaunches::go() const { BOOST_REQUIRE(write(go_, "", 1) == 1); }

Watched::Watched(pid_t id) : ended_(open_process(id)) {}

Watched::~Watched() { close(ended_); }

void Watched::wait_until_ended() const { BOOST_REQUIRE(can_be_read(ended_, ended_)); }

std::vector<std::string> preload(const std::string& library, std::vector<std::string> variables) {
  variables.push_back("LD_PRELOAD=" TRILANE_PRELOADS "/libtrilane_test_" + library + ".so");
  if (TRILANE_SANITIZED != 0) variables.emplace_back("ASAN_OPTIONS=verify_asan_link_order=0");
  return variables;
}

}  // namespace trilane::test
