// Signals that end a run, those that were ignored when it was started, and what its children get.

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <optional>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;

namespace {

const std::vector<std::string> two_launches = {"bench",  "--quick", "--no-calibration", "--launches",          "2",
                                               "--arch", "scalar",  "--filter",         "^quantize/i2_s/1024$"};

/// The signals that a process ignores, by its status: a bit each. Those of the C library itself, from 32 on, are left out.
unsigned long ignored_by(const std::string& status) {
  const std::string field = "SigIgn:";
  const std::size_t at = status.find(field);
  BOOST_REQUIRE(at != std::string::npos);
  return std::strtoul(status.c_str() + at + field.size(), nullptr, 16) & 0x7fffffffUL;
}

/// The same of a program that a shell starts after it did this.
unsigned long ignored_after(const std::string& traps) {
  const TemporaryFolder folder;
  const std::string command = "sh -c '" + traps + " cat /proc/self/status' > " + (folder / "status");
  BOOST_REQUIRE(std::system(command.c_str()) == 0);  // NOLINT: a path of the test's own
  return ignored_by(read_file(folder / "status"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signals)

// As nohup does it.
BOOST_AUTO_TEST_CASE(what_was_ignored_at_entry_stays_so) {
  for (const auto& [name, number] : {std::pair("HUP", SIGHUP), {"INT", SIGINT}, {"TERM", SIGTERM}, {"QUIT", SIGQUIT}}) {
    const HeldLaunches launches;
    const auto send = [&, signal = number](const Running& run) {
      for (int launch = 0; launch < 2; ++launch) {
        const pid_t id = launches.next(run);
        BOOST_TEST(kill(id, signal) == 0);
        run.signal(signal);
        launches.go();
      }
    };
    run_well(two_launches, {.environment = launches.environment(),
                            .shell = std::string("trap '' ") + name + "; exec \"$@\"",
                            .meanwhile = send});
  }
}

BOOST_AUTO_TEST_CASE(others_end_a_run_and_remove_its_file) {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGQUIT}) {
    const TemporaryFolder folder;
    const HeldLaunches launches;
    std::vector<std::string> arguments = two_launches;
    arguments.insert(arguments.end(), {"--json", folder / "x.json"});
    std::optional<Watched> launch;
    const auto send = [&](const Running& run) {
      launch.emplace(launches.next(run));
      run.signal(signal);
    };
    run_badly(arguments, 128 + signal, {"interrupted"}, {.environment = launches.environment(), .meanwhile = send});
    launch->wait_until_ended();
    BOOST_TEST(folder.names().empty());
  }
}

BOOST_AUTO_TEST_CASE(children_get_signals_as_they_were) {
  for (const std::string traps : {"", "trap \"\" HUP PIPE XFSZ CHLD;", "trap \"\" TERM INT QUIT;"}) {
    const unsigned long wanted = ignored_after(traps);
    const std::string shell = traps + " exec \"$@\"";
    const HeldLaunches launches;
    const auto look = [&](const Running& run) {
      for (int launch = 0; launch < 2; ++launch) {
        const std::string id = std::to_string(launches.next(run));
        BOOST_TEST(ignored_by(read_file("/proc/" + id + "/status")) == wanted);
        launches.go();
      }
    };
    run_well(two_launches, {.environment = launches.environment(), .shell = shell, .meanwhile = look});

    const TemporaryFolder folder;
    const std::string command = "cat /proc/self/status > " + (folder / "status") + "; exit 1";
    run_badly({"ab", "--base", command, "--new", command}, 3, {"status 1"}, {.shell = shell});
    BOOST_TEST(ignored_by(read_file(folder / "status")) == wanted);
  }
}

BOOST_AUTO_TEST_SUITE_END()
