// trilane ab and aa, end to end: commands that make launches of known times.

#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;
using Json = nlohmann::ordered_json;

namespace {

Json read_json(const std::filesystem::path& path) {
  std::ifstream in(path);
  return Json::parse(in);
}

std::size_t lines_of(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Measured once for all tests.
const std::string& real_launch() {
  static const std::string text = run_well({"bench", "--quick", "--no-calibration", "--arch=scalar",
                                            "--filter=^quantize/i2_s/1024$", "--json", "-"})
                                      .out;
  return text;
}

/// A real launch, and one of the same outputs that took 1.2 times as long; each also on one line.
struct Launches {
  TemporaryFolder folder;
  std::filesystem::path fast = folder / "fast.json";
  std::filesystem::path slow = folder / "slow.json";

  Launches() {
    Json launch = Json::parse(real_launch());
    write(fast, launch);
    for (Json& time : launch["benchmarks"][0]["launches"][0]["times_ns"]) time = 1.2 * time.get<double>();
    write(slow, launch);
  }

  static void write(const std::filesystem::path& path, const Json& launch) {
    std::ofstream(path) << launch.dump() << "\n";
  }
  [[nodiscard]] static std::string print(const std::filesystem::path& launch) { return "cat " + launch.string(); }
  /// Notes each launch as a line of a file besides.
  [[nodiscard]] std::string count(const std::filesystem::path& launch) const {
    return "echo \"$TRILANE_SEED $TRILANE_CASES\" >> " + folder / "launches" + "; " + print(launch);
  }
  /// Answers each request by the launch; `first` is done before, and finds the request in $request.
  [[nodiscard]] std::string answer(const std::filesystem::path& launch, const std::string& first = ":") const {
    return "while read -r request; do echo \"$request\" >> " + folder / "requests" + "; " + first + "; " +
           print(launch) + "; done";
  }
};

/// So many pairs and half of the next, as an interrupted run leaves them.
void keep_pairs(const std::string& journal, int pairs) {
  const std::string text = read_file(journal);
  std::size_t end = 0;
  for (int line = 0; line < pairs + 1; ++line) end = text.find('\n', end) + 1;
  std::ofstream(journal) << text.substr(0, end + 100);
}

std::vector<std::string> ab(const std::string& base, const std::string& changed,
                            std::initializer_list<std::string> more = {}) {
  std::vector<std::string> arguments = {"ab", "--base", base, "--new", changed, "--pairs", "6"};
  arguments.insert(arguments.end(), more);
  return arguments;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(side_by_side, Launches)

BOOST_AUTO_TEST_CASE(the_same_times_pass) {
  const Ended ended = run(ab(count(fast), count(fast), {"--format", "json", "--seed", "70"}));
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.err == "");
  const Json json = Json::parse(ended.out);
  BOOST_TEST(json["pairs"][0]["verdict"] == "pass");
  // Both launches of a pair have one seed, and after the first only open cases are wanted.
  BOOST_TEST(lines_of(folder / "launches") == 12U);
  std::ifstream launches(folder / "launches");
  std::vector<std::string> asked(12);
  for (std::string& line : asked) std::getline(launches, line);
  for (std::size_t i = 0; i < asked.size(); i += 2) BOOST_TEST(asked[i] == asked[i + 1]);
  BOOST_TEST(asked[0].ends_with(" "));
  BOOST_TEST(asked[2].ends_with(" ^(quantize/i2_s/1024)$"));
  BOOST_TEST(asked[0] != asked[2].substr(0, asked[2].find('^')));
}

BOOST_AUTO_TEST_CASE(a_slower_build_regresses_and_every_report_says_so) {
  const auto file = [&](const char* name) { return folder / name; };
  const Ended ended =
      run(ab(print(fast), print(slow),
             {"--report", "markdown=" + file("comment.md"), "--report", "check-run=" + file("check.json"), "--report",
              "junit=" + file("verdicts.xml"), "--save-base", file("base.json"), "--save-new", file("new.json")}));
  BOOST_TEST(ended.status == 1);
  BOOST_TEST(ended.out.find("regressed") != std::string::npos);
  BOOST_TEST(ended.out.find("confirmed") != std::string::npos);
  BOOST_TEST(read_file(folder / "comment.md").find("regressed") != std::string::npos);
  BOOST_TEST(read_json(folder / "check.json")["conclusion"] == "failure");
  BOOST_TEST(read_file(folder / "verdicts.xml").find("<failure") != std::string::npos);
  BOOST_TEST(read_json(folder / "base.json")["suite"]["launches"] == 12);
  // What was saved are baselines, which compare alike.
  BOOST_TEST(run({"compare", file("base.json"), file("new.json")}).status == 1);
}

BOOST_AUTO_TEST_CASE(a_small_change_is_named_and_no_failure) {
  Json launch = read_json(fast);
  for (Json& time : launch["benchmarks"][0]["launches"][0]["times_ns"]) time = 1.01 * time.get<double>();
  const std::filesystem::path small = folder / "small.json";
  write(small, launch);
  const Ended slower = run(ab(print(fast), print(small), {"--require-verdict"}));
  BOOST_TEST(slower.status == 0);
  BOOST_TEST(slower.out.find("  slower within tolerance") != std::string::npos, slower.out);
  BOOST_TEST(slower.out.find("1 of 1 case slower within tolerance, none regressed.") != std::string::npos, slower.out);
  const Ended faster = run(ab(print(small), print(fast), {"--require-verdict"}));
  BOOST_TEST(faster.status == 0);
  BOOST_TEST(faster.out.find("  faster within tolerance") != std::string::npos, faster.out);
}

BOOST_AUTO_TEST_CASE(commands_that_stay_answer_requests) {
  // The base is not ready before the new side has been asked, too: opening a FIFO waits for the other end.
  const std::string asked_new = folder / "asked";
  BOOST_REQUIRE(mkfifo(asked_new.c_str(), 0600) == 0);
  const std::string when_asked = "case $request in *prepare*) ";
  const std::string wait = when_asked + "read -r asked < " + asked_new + ";; esac";
  const std::string mark = when_asked + "echo asked > " + asked_new + ";; esac";
  const Ended ended =
      run(ab(answer(fast, wait), answer(fast, mark), {"--on-request", "--cases", "i2_s", "--format", "json"}));
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.err == "");
  std::ifstream requests(folder / "requests");
  std::vector<Json> asked;
  for (std::string line; std::getline(requests, line);) asked.push_back(Json::parse(line));
  BOOST_REQUIRE(asked.size() == 24U);
  for (std::size_t pair = 0; pair < asked.size(); pair += 4) {
    const Json& wanted = asked[pair + 2];
    BOOST_TEST(wanted["seed"].is_number_unsigned());
    BOOST_TEST((wanted["cases"] == (pair == 0 ? "i2_s" : "^(quantize/i2_s/1024)$")));
    BOOST_TEST((asked[pair] == Json{{"prepare", wanted}}));
    BOOST_TEST((asked[pair + 1] == Json{{"prepare", wanted}}));
    BOOST_TEST((asked[pair + 3] == wanted));
  }
}

BOOST_AUTO_TEST_CASE(a_command_need_not_know_how_to_prepare) {
  const std::string refuse = "case $request in *prepare*) echo '{\"error\": \"what is that?\"}'; continue;; esac";
  const Ended ended = run(ab(answer(fast, refuse), answer(fast, refuse), {"--on-request", "--format", "json"}));
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.err == "");
  BOOST_TEST(Json::parse(ended.out)["pairs"][0]["verdict"] == "pass");
}

BOOST_AUTO_TEST_CASE(both_reasons_are_told) {
  const std::string failed = folder / "failed";
  const std::string reasons = "test -e " + failed + " || { touch " + failed +
                              "; echo 'the browser died' >&2; exit 1; }; echo 'out of cheese' >&2; exit 1";
  run_badly(ab(print(fast), reasons), 3, {"the browser died", "out of cheese"});
}

BOOST_AUTO_TEST_CASE(other_outputs_are_refused) {
  Json launch = read_json(fast);
  launch["benchmarks"][0]["output_digest"] = "xxh3:0000000000000000";
  write(slow, launch);
  const Ended ended = run(ab(count(fast), count(slow)));
  BOOST_TEST(ended.status == 3);
  BOOST_TEST(ended.out.find("Outputs differ") != std::string::npos);
  BOOST_TEST(ended.out.find("budget") == std::string::npos);
  BOOST_TEST(lines_of(folder / "launches") == 2U);
}

BOOST_AUTO_TEST_CASE(a_command_that_makes_no_launch_is_named) {
  run_badly(ab("no-such-command-here", print(fast)), 4, {"base side", "no-such-command-here"});
  run_badly(ab(print(fast), "echo hello"), 3, {"new side", "a launch writes a baseline"});
  run_badly(ab(print(fast), "echo first; echo 'out of cheese' >&2; exit 7"), 3, {"new side", "out of cheese", "7"});
  run_badly(ab(print(fast), "true"), 3, {"new side", "wrote nothing"});
  run_badly(ab(answer(fast), "read -r request; echo '{\"error\": \"the browser died\"}'", {"--on-request"}), 3,
            {"new side", "the browser died"});
  run_badly(ab(answer(fast), "read -r request; exit 5", {"--on-request"}), 3, {"new side", "5"});
  Json several = read_json(fast);
  several["benchmarks"][0]["launches"].push_back(several["benchmarks"][0]["launches"][0]);
  write(slow, several);
  run_badly(ab(print(fast), print(slow)), 3, {"new side", "single launch"});
}

BOOST_AUTO_TEST_CASE(a_launch_that_never_ends_has_failed) {
  // Both sides, so that neither has to be quick enough.
  const auto never = [](const std::string& command, std::initializer_list<std::string> more = {}) {
    std::vector<std::string> arguments = ab(command, command, more);
    arguments.insert(arguments.end(), {"--timeout", "0.1"});
    return arguments;
  };
  const std::initializer_list<std::string_view> told = {"a launch of the", "no result after", "--timeout"};
  run_badly(never("sleep 1000"), 3, told);
  run_badly(never("echo '{'; exec sleep 1000"), 3, told);
  run_badly(never("exec >&-; exec sleep 1000"), 3, told);
  run_badly(never("trap 'cat " + fast.string() + "; exit 0' TERM; sleep 1000 & wait"), 3, told);
  run_badly(never("sleep 1000", {"--on-request"}), 3, told);
}

BOOST_AUTO_TEST_CASE(a_launch_ends_with_its_process) {
  const std::string processes = folder / "processes";
  // What it left in its process group is ended, whether it holds the pipes or not.
  const std::string leave =
      "sleep 1000 & echo $! >> " + processes + "; sleep 1000 >&- 2>&- & echo $! >> " + processes + "; ";
  const Ended ended = run(ab(leave + print(fast), leave + print(fast), {"--format", "json"}));
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(ended.err == "");
  BOOST_TEST(Json::parse(ended.out)["pairs"][0]["verdict"] == "pass");
  std::ifstream ids(processes);
  int seen = 0;
  for (pid_t id = 0; ids >> id; ++seen) BOOST_TEST(kill(id, 0) != 0);
  BOOST_TEST(seen == 24);
  // One that stays may end and leave the pipe open; then there is no answer.
  run_badly(ab(answer(fast), "read -r request; sleep 1000 & exit 5", {"--on-request"}), 3, {"new side", "5"});
}

BOOST_AUTO_TEST_CASE(all_that_a_launch_complained_of_is_shown) {
  const Ended ended = run(ab(print(fast), "printf 'fatal: out of cheese\\n\\n  buy some\\n' >&2; exit 9"));
  BOOST_TEST(ended.status == 3);
  BOOST_TEST(ended.err.starts_with("the new side: fatal: out of cheese\n"), ended.err);
  BOOST_TEST(ended.err.find("trilane: a launch of the new side failed:   buy some (status 9)") != std::string::npos,
             ended.err);
  // Also where it ended well and wrote no baseline.
  run_badly(ab(print(fast), "echo 'out of cheese' >&2"), 3, {"new side", "wrote nothing", "out of cheese"});
  run_badly(ab(print(fast), "echo 'out of cheese' >&2; echo hello"), 3, {"new side", "not JSON", "out of cheese"});
}

BOOST_AUTO_TEST_CASE(a_launch_that_fails_is_made_once_more) {
  const std::string failed = folder / "failed";
  const std::string once = "test -e " + failed + " || { touch " + failed + "; echo 'the browser died' >&2; exit 1; }; ";
  const Ended ended = run(ab(print(fast), once + count(fast), {"--format", "json"}));
  BOOST_TEST(ended.status == 0);
  BOOST_TEST(Json::parse(ended.out)["pairs"][0]["verdict"] == "pass");
  BOOST_TEST(lines_of(folder / "launches") == 6U);
}

BOOST_AUTO_TEST_CASE(a_command_that_closes_its_stdout_makes_no_launch) {
  run_badly(ab(answer(fast), "read -r request; exec >&-; read -r end", {"--on-request"}), 3, {"new side"});
}

BOOST_AUTO_TEST_CASE(other_suites_or_builds_are_not_comparable) {
  Json launch = read_json(fast);
  launch["suite"]["seed"] = 7;
  write(slow, launch);
  run_badly(ab(print(fast), print(slow)), 3, {"different suites"});
  // The same journal, after the new side was built again from another commit.
  const std::string journal = folder / "journal";
  launch = read_json(fast);
  write(slow, launch);
  BOOST_TEST(run(ab(print(fast), print(slow), {"--journal", journal})).status == 0);
  keep_pairs(journal, 2);
  launch["build"]["commit"] = "0123456789ab";
  write(slow, launch);
  run_badly(ab(print(fast), print(slow), {"--journal", journal}), 4, {"build"});
}

BOOST_AUTO_TEST_CASE(what_did_not_come_about_is_in_every_report) {
  std::vector<std::string> arguments = ab(print(fast), "echo 'out of <cheese>' >&2; kill -SEGV $$");
  for (const std::string format : {"table", "json", "markdown", "check-run", "junit", "evidence"}) {
    std::ofstream(folder / format) << "None of 8 cases regressed";  // the last time
    arguments.insert(arguments.end(), {"--report", format + "=" + (folder / format)});
  }
  run_badly(arguments, 3, {"new side", "out of <cheese>", "139, Segmentation fault"});
  for (const std::string format : {"table", "json", "markdown", "check-run", "evidence"}) {
    BOOST_TEST(read_file(folder / format).find("out of <cheese>") != std::string::npos, format);
    BOOST_TEST(read_file(folder / format).find("None of 8") == std::string::npos, format);
  }
  BOOST_TEST(read_file(folder / "markdown").starts_with("<!-- trilane -->\n## ❌ Not comparable (status 3)"));
  BOOST_TEST(read_json(folder / "check-run")["conclusion"] == "failure");
  BOOST_TEST(read_file(folder / "junit").find("<error type=\"status 3\"") != std::string::npos);
  BOOST_TEST(read_file(folder / "junit").find("out of &lt;cheese&gt;") != std::string::npos);
  BOOST_TEST(read_json(folder / "json")["status"] == 3);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_no_regression) {
  run_badly(ab(print(fast), print(slow), {"--save-new", "/dev/full"}), 4, {"/dev/full"});
  // Before anything is measured.
  run_badly(ab(count(fast), print(slow), {"--report", "junit=" + folder / "missing/x.xml"}), 4,
            {"no folder", "missing"});
  run_badly(ab(count(fast), print(slow), {"--save-base", folder / "missing/x.json"}), 4, {"no folder", "missing"});
  BOOST_TEST(!std::filesystem::exists(folder / "launches"));
}

BOOST_AUTO_TEST_CASE(wrong_usage) {
  run_badly({"ab", "--base", "true"}, 4, {"--new"});
  run_badly(ab("true", "true", {"--budget", "0"}), 4, {"--budget"});
  run_badly(ab("true", "true", {"--min-effect", "0"}), 4, {"percent"});
  run_badly({"ab", "--base", "true", "--new", "true", "--pairs", "4"}, 4, {"--pairs"});
  run_badly(ab("true", "true", {"--timeout", "0"}), 4, {"--timeout"});
  run_badly(ab("true", "true", {"--cases", "("}), 4, {"'('", "regular expression"});
}

BOOST_AUTO_TEST_CASE(a_journal_goes_on_where_it_stopped) {
  const std::string journal = folder / "journal";
  const auto again = [&] { return run(ab(count(fast), count(fast), {"--journal", journal, "--format", "json"})); };
  const Ended whole = again();
  BOOST_TEST(whole.status == 0);
  BOOST_TEST(lines_of(folder / "launches") == 12U);
  BOOST_TEST(again().out == whole.out);
  BOOST_TEST(lines_of(folder / "launches") == 12U);  // nothing was measured again
  keep_pairs(journal, 2);
  BOOST_TEST(again().status == 0);
  BOOST_TEST(lines_of(folder / "launches") == 20U);
  run_badly(ab(count(fast), print(slow), {"--journal", journal}), 4, {"journal"});
  // What was inconclusive is not looked at again with another budget or effect, until it is something else.
  run_badly(ab(count(fast), count(fast), {"--journal", journal, "--budget", "70"}), 4, {"budget_s"});
  run_badly(ab(count(fast), count(fast), {"--journal", journal, "--min-effect", "1"}), 4, {"min_effect"});
}

BOOST_AUTO_TEST_CASE(an_interrupt_says_what_is_kept) {
  const std::string mark = folder / "begun";
  const std::string slowly = "touch " + mark + "; exec sleep 1000";
  run_badly(ab(slowly, slowly), 128 + SIGINT, {"interrupted", "nothing was written", "--journal"},
            {.meanwhile = interrupt_when(mark)});
  std::filesystem::remove(mark);
  run_badly(ab(slowly, slowly, {"--journal", folder / "journal"}), 128 + SIGINT, {"interrupted", "the same command"},
            {.meanwhile = interrupt_when(mark)});
  std::filesystem::remove(mark);
  run_badly({"aa", "--run", slowly}, 128 + SIGINT, {"interrupted", "nothing was written"},
            {.meanwhile = interrupt_when(mark)});
}

BOOST_AUTO_TEST_CASE(a_build_with_itself) {
  const std::string journal = folder / "journal";
  const auto aa = [&](const char* runs) {
    return run_well({"aa", "--run", count(fast), "--runs", runs, "--journal", journal, "--format", "json", "--into",
                     fast.string()});
  };
  Json json = Json::parse(aa("2").out);
  BOOST_TEST(json["verdicts"] == 2);
  BOOST_TEST(json["alarms"] == 0);
  BOOST_TEST(json["alarm_rate"]["confidence_interval"]["upper_bound"].get<double>() > 0.8);
  BOOST_TEST(lines_of(folder / "launches") == 20U);
  json = Json::parse(aa("3").out);
  BOOST_TEST(json["verdicts"] == 3);
  BOOST_TEST(lines_of(folder / "launches") == 30U);
  BOOST_TEST(read_json(fast)["noise"]["verdicts"] == 3);
}

BOOST_AUTO_TEST_SUITE_END()
