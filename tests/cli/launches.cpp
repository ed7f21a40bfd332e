// bench --launches, end to end: fresh processes, one baseline, and what happens when a launch does not end well.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

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
  // Of known times: what a busy machine measures may be inconclusive.
  Json json = Json::parse(read_file(x));
  for (Json& launch : json["benchmarks"][0]["launches"]) {
    for (std::size_t i = 0; i < launch["times_ns"].size(); ++i) {
      launch["times_ns"][i] = launch["iterations"][i].get<double>() * (1000 + static_cast<double>(i % 3));
    }
  }
  write_file(x, json.dump());
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
  const HeldLaunches launches;
  const std::string weights = folder / "weights";
  std::filesystem::copy_file(tiny(), weights);
  write_file(folder / "x.json", "earlier");
  run_badly(
      bench("2", {"--no-calibration", "--filter", "^quantize/i2_s", "--weights", weights, "--json", folder / "x.json"}),
      1, {"launch 1 of 2 failed: cannot open", "/weights: No such file"},
      {.environment = launches.environment(), .meanwhile = [&](const Running& run) {
         launches.next(run);
         std::filesystem::remove(weights);
         launches.go();
       }});
  BOOST_TEST(read_file(folder / "x.json") == "earlier");
  BOOST_TEST(folder.names().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_launch_that_is_killed) {
  const TemporaryFolder folder;
  const HeldLaunches launches;
  write_file(folder / "x.json", "earlier");
  run_badly(bench("3", {"--no-calibration", "--filter", "quantize", "--json", folder / "x.json"}), 1,
            {"launch 1 of 3", "signal 9"},
            {.environment = launches.environment(),
             .meanwhile = [&](const Running& run) { kill(launches.next(run), SIGKILL); }});
  BOOST_TEST(read_file(folder / "x.json") == "earlier");
  BOOST_TEST(folder.names().size() == 1);
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_all) {
  const TemporaryFolder folder;
  const HeldLaunches launches;
  write_file(folder / "x.json", "earlier");
  std::optional<Watched> launch;
  run_badly(bench("3", {"--no-calibration", "--filter", "quantize", "--json", folder / "x.json"}), 128 + SIGINT,
            {"interrupted"}, {.environment = launches.environment(), .meanwhile = [&](const Running& run) {
                                launch.emplace(launches.next(run));
                                run.signal(SIGINT);
                              }});
  launch->wait_until_ended();
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
  const HeldLaunches launches;
  write_file(folder / "x.json", "earlier");
  const auto command = [&](const std::string& count) {
    return bench(count, {"--no-calibration", "--filter", "^quantize/i2_s/1024$", "--arch", "scalar", "--journal",
                         journal, "--json", folder / "x.json"});
  };
  /// One launch goes well; then `end`, with the run and the launch that is held.
  const auto in_the_second = [&](const std::function<void(const Running&, pid_t)>& end) {
    return RunOptions{.environment = launches.environment(), .meanwhile = [&launches, end](const Running& run) {
                        launches.next(run);
                        launches.go();
                        end(run, launches.next(run));
                      }};
  };

  run_badly(command("3"), 1, {"launch 2 of 3", "signal 9", "x.journal", "same command"},
            in_the_second([](const Running&, pid_t launch) { kill(launch, SIGKILL); }));
  const std::vector<std::string> first = launches_of(journal);
  BOOST_REQUIRE(first.size() == 1);
  BOOST_TEST(read_file(folder / "x.json") == "earlier");

  for (const int signal : {SIGINT, SIGTERM}) {
    const std::size_t before = launches_of(journal).size();
    std::optional<Watched> held;
    const Ended ended = run(command("1000"), in_the_second([&](const Running& run, pid_t launch) {
                              held.emplace(launch);
                              run.signal(signal);
                            }));
    held->wait_until_ended();
    BOOST_TEST(ended.status == 128 + signal);
    BOOST_TEST(ended.out.empty());
    BOOST_TEST(ended.err.find("the same command goes on\n") != std::string::npos, ended.err);
    BOOST_TEST(launches_of(journal).size() == before + 1);
    BOOST_TEST(read_file(folder / "x.json") == "earlier");
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
