// bench --launches, end to end: fresh processes, one baseline, and what happens when a launch does not end well.

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
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

/// A file of /proc; empty if the process ended meanwhile.
std::string read_if_there(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The parent of a process; 0 of one that is gone.
pid_t parent_of(const std::filesystem::path& process) {
  const std::string text = read_if_there(process / "stat");
  const std::size_t name_end = text.rfind(')');  // "pid (name) state parent …"
  return name_end == std::string::npos ? 0 : std::atoi(text.c_str() + std::min(text.size(), name_end + 4));
}

/// Processes that were started with `mark` in an argument, by their parent's id or any (0).
std::vector<pid_t> processes(const std::string& mark, pid_t parent = 0) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t id = std::atoi(entry.path().filename().c_str());
    if (id == 0 || read_if_there(entry.path() / "cmdline").find(mark) == std::string::npos) continue;
    if (parent == 0 || parent_of(entry.path()) == parent) found.push_back(id);
  }
  return found;
}

/// The first launch that is none of `before`.
pid_t wait_for_launch(const std::string& mark, pid_t parent, const std::vector<pid_t>& before = {}) {
  for (;;) {
    for (const pid_t child : processes(mark, parent)) {
      if (std::ranges::find(before, child) == before.end()) return child;
    }
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

namespace {

/// A journal's launches, as text: all lines but the header.
std::vector<std::string> launches_of(const std::string& journal) {
  std::vector<std::string> lines;
  std::istringstream in(read_file(journal));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (!lines.empty()) lines.erase(lines.begin());
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_journal_goes_on) {
  const TemporaryFolder folder;
  const std::string journal = folder / "x.journal";
  const std::string mark = "^quantize/i2_s/1024$|" + folder.path();
  write_file(folder / "x.json", "earlier");
  const auto command = [&](const std::string& launches) {
    return bench(launches, {"--no-calibration", "--filter", mark, "--arch", "scalar", "--journal", journal, "--json",
                            folder / "x.json"});
  };

  run_badly(command("3"), 1, {"launch 2 of 3", "signal 9", "x.journal", "same command"}, {.meanwhile = [&](pid_t id) {
              const pid_t one = wait_for_launch(mark, id);
              kill(wait_for_launch(mark, id, {one}), SIGKILL);
            }});
  const std::vector<std::string> first = launches_of(journal);
  BOOST_REQUIRE(first.size() == 1);
  BOOST_TEST(read_file(folder / "x.json") == "earlier");

  for (const int signal : {SIGINT, SIGTERM}) {
    const std::size_t before = launches_of(journal).size();
    const Ended ended = run(command("1000"), {.meanwhile = [&](pid_t id) {
                              const pid_t one = wait_for_launch(mark, id);
                              wait_for_launch(mark, id, {one});
                              kill(id, signal);
                            }});
    BOOST_TEST(ended.status == 128 + signal);
    BOOST_TEST(ended.out.empty());
    BOOST_TEST(ended.err.find("the same command goes on\n") != std::string::npos, ended.err);
    BOOST_TEST(launches_of(journal).size() > before);
    BOOST_TEST(read_file(folder / "x.json") == "earlier");
    while (!processes(mark).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  const std::vector<std::string> held = launches_of(journal);
  const std::string count = std::to_string(held.size() + 1);
  const Ended ended = run_well(command(count));
  BOOST_TEST(ended.err.find(std::to_string(held.size()) + " of " + count) != std::string::npos, ended.err);
  const std::vector<std::string> all = launches_of(journal);
  BOOST_REQUIRE(all.size() == held.size() + 1);
  BOOST_TEST(std::equal(held.begin(), held.end(), all.begin()));
  BOOST_TEST(all[0] == first[0]);

  // The baseline is of these very launches, and made anew without measuring.
  const auto samples = [&] { return Json::parse(read_file(folder / "x.json")).at("benchmarks").at(0).at("launches"); };
  BOOST_REQUIRE(samples().size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    BOOST_TEST((samples()[i] == Json::parse(all[i]).at("benchmarks").at(0).at("launches").at(0)));
  }
  const std::string baseline = read_file(folder / "x.json");
  run_well(command(count));
  BOOST_TEST(read_file(folder / "x.json") == baseline);
  BOOST_TEST((launches_of(journal) == all));
  BOOST_TEST(folder.names().size() == 2);
}

BOOST_AUTO_TEST_CASE(a_journal_of_something_else) {
  const TemporaryFolder folder;
  const auto command = [&](const std::string& launches, const std::string& filter) {
    return bench(launches, {"--no-calibration", "--filter", filter, "--arch", "scalar", "--journal", folder / "j"});
  };
  const std::string filter = "^quantize/i2_s/1024$";
  run_well(command("2", filter));
  const std::string held = read_file(folder / "j");
  run_badly(command("2", "^quantize/tl1/1024$"), 4, {"/j is the journal of another run: filter was \"^quantize/i2_s"});
  run_badly(command("1", filter), 4, {"/j holds 2 launches"});
  BOOST_TEST(read_file(folder / "j") == held);
  write_file(folder / "j", held + "{}\n");
  Ended ended = run(command("3", filter));
  BOOST_TEST(ended.status == 4);
  BOOST_TEST(ended.err.find("/j, launch 3 of 3: /schema is missing") != std::string::npos, ended.err);
}

BOOST_AUTO_TEST_SUITE_END()
