// bench --launches, end to end: fresh processes, one baseline, and what happens when a launch does not end well.

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;
using Json = nlohmann::json;

namespace {

std::vector<std::string> bench(const std::string& launches, std::initializer_list<std::string> more) {
  std::vector<std::string> arguments = {"bench", "--quick", "--launches", launches};
  arguments.insert(arguments.end(), more);
  return arguments;
}

/// The parent of a process; 0 of one that is gone.
pid_t parent_of(const std::filesystem::path& process) {
  const std::string text = read_file(process / "stat");
  const std::size_t name_end = text.rfind(')');  // "pid (name) state parent …"
  return name_end == std::string::npos ? 0 : std::atoi(text.c_str() + std::min(text.size(), name_end + 4));
}

/// Processes that were started with `mark` in an argument, by their parent's id or any (0).
std::vector<pid_t> processes(const std::string& mark, pid_t parent = 0) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t id = std::atoi(entry.path().filename().c_str());
    if (id == 0) continue;
    try {
      if (read_file(entry.path() / "cmdline").find(mark) == std::string::npos) continue;
      if (parent == 0 || parent_of(entry.path()) == parent) found.push_back(id);
    } catch (const std::exception&) {
      continue;  // it ended meanwhile
    }
  }
  return found;
}

pid_t wait_for_launch(const std::string& mark, pid_t parent) {
  for (;;) {
    const std::vector<pid_t> children = processes(mark, parent);
    if (!children.empty()) return children.front();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(launches)

BOOST_AUTO_TEST_CASE(one_baseline_of_all) {
  const TemporaryFolder folder;
  const Ended ended =
      run_well(bench("3", {"--filter", "^quantize/(i2_s|tl2)/1024$", "--arch", "scalar", "--json", folder / "x.json"}));
  BOOST_TEST(ended.err.empty());
  BOOST_TEST(ended.out.find("quantize/tl2/1024") != std::string::npos, ended.out);
  BOOST_TEST(ended.out.find("bandwidth") != std::string::npos, ended.out);
  const Json json = Json::parse(read_file(folder / "x.json"));
  BOOST_TEST(json.at("suite").at("launches") == 3);
  BOOST_TEST(json.at("calibration").at("bandwidth").size() > 0);
  BOOST_TEST(json.at("benchmarks").size() == 2);
  for (const Json& one : json.at("benchmarks")) {
    BOOST_TEST(one.at("launches").size() == 3);
    BOOST_TEST(one.at("roofline").is_object());
  }
  BOOST_TEST(json.at("benchmarks")[0].at("case") == "quantize/i2_s/1024");  // the suite's order, whatever it ran in
}

BOOST_AUTO_TEST_CASE(every_choice_reaches_the_launches) {
  const Json json =
      Json::parse(run_well(bench("2", {"--no-calibration", "--weights", tiny(), "--filter", "^gemv/tl2/conv", "--arch",
                                       "scalar", "--threads", "2", "--order", "4294967295", "--json", "-"}))
                      .out);
  BOOST_TEST(json.at("suite").at("name") == "weights");
  BOOST_TEST(json.at("calibration").at("bandwidth").size() == 0);
  BOOST_TEST(json.at("benchmarks").size() == 1);
  BOOST_TEST(json.at("benchmarks")[0].at("case") == "gemv/tl2/conv.weight/threads=2");
  BOOST_TEST(json.at("benchmarks")[0].at("launches").size() == 2);
}

BOOST_AUTO_TEST_CASE(five_launches_get_a_verdict) {
  const TemporaryFolder folder;
  const std::string x = folder / "x.json";
  run_well(bench("5", {"--no-calibration", "--filter", "^quantize/i2_s/1024$", "--arch", "scalar", "--json", x}));
  write_file(folder / "effects.json", R"({"^quantize/": 100})");
  const Ended same = run_well({"compare", "--require-verdict", "--min-effects", folder / "effects.json", x, x});
  BOOST_TEST(same.out.find("1 case judged") != std::string::npos, same.out);
  BOOST_TEST(same.out.find("pass") != std::string::npos, same.out);
  write_file(folder / "effects.json", R"({"(": 3})");
  run_badly({"compare", "--min-effects", folder / "effects.json", x, x}, 4, {"effects.json", "regular expression"});
  run_badly({"compare", "--min-effects", folder / "none.json", x, x}, 4, {"none.json"});
  for (const char* percent : {"0", "-2", "101", "nan", "much"}) {
    run_badly({"compare", std::string("--min-effect=") + percent, x, x}, 4, {"--min-effect", percent});
  }
}

BOOST_AUTO_TEST_CASE(wrong_arguments) {
  run_badly(bench("0", {}), 4, {"--launches", "0"});
  run_badly(bench("many", {}), 4, {"--launches", "many"});
  run_badly(bench("2", {"--filter", "no_such_case"}), 4, {"no_such_case"});
  run_badly(bench("2", {"--order", "-1"}), 4, {"--order"});
  run_badly(bench("2", {"--weights", "/no/such/file"}), 4, {"/no/such/file", "No such file"});
  run_badly(bench("2", {"--weights", "-"}), 4, {"--weights", "in a file"}, {.input = read_file(tiny())});
}

BOOST_AUTO_TEST_CASE(a_launch_that_fails) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", "earlier");
  run_badly(bench("2", {"--filter", "^quantize/i2_s/1024$", "--json", folder / "x.json"}), 1,
            {"launch 1 of 2", "File too large"}, {.file_size_limit = 100});
  BOOST_TEST(read_file(folder / "x.json") == "earlier");
  BOOST_TEST(folder.names().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_launch_that_is_killed) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", "earlier");
  const std::string mark = "quantize|" + folder.path();
  run_badly(bench("3", {"--filter", mark, "--json", folder / "x.json"}), 1, {"launch 1 of 3", "signal 9"},
            {.meanwhile = [&](pid_t id) { kill(wait_for_launch(mark, id), SIGKILL); }});
  BOOST_TEST(read_file(folder / "x.json") == "earlier");
  BOOST_TEST(folder.names().size() == 1);
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_all) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", "earlier");
  const std::string mark = "quantize|" + folder.path();
  pid_t launch = 0;
  run_badly(bench("3", {"--filter", mark, "--json", folder / "x.json"}), 128 + SIGINT, {"interrupted"},
            {.meanwhile = [&](pid_t id) {
              launch = wait_for_launch(mark, id);
              kill(id, SIGINT);
            }});
  BOOST_TEST(launch > 0);
  while (!processes(mark).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // ctest has a time limit
  BOOST_TEST(read_file(folder / "x.json") == "earlier");
  BOOST_TEST(folder.names().size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
