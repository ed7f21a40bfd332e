// The formats of `compare` and its --report, as docs/reports.md has them. tests/bench_report.cpp has what they say.

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "../bench_support.hpp"
#include "bench/report/kernel_source.hpp"
#include "command.hpp"
#include "files.hpp"
#include "native/comparison_output.hpp"
#include "native/terminal.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;
using Json = nlohmann::json;

namespace {

constexpr int wrong = 4;
constexpr std::array report_formats = {"table", "json", "markdown", "check-run", "junit", "evidence"};

Baseline with_times(const std::vector<double>& ns, std::size_t launches = 10) {
  std::vector<Benchmark> benchmarks;
  for (std::size_t i = 0; i < ns.size(); ++i) {
    benchmarks.push_back(benchmark("quantize/i2_s/" + std::to_string(i), "avx2", steady_launches(ns[i], launches)));
  }
  return baseline(std::move(benchmarks));
}

/// Two baselines in files: of three cases one passes, one regressed, one improved.
struct Files {
  Files() {
    write_file(a, to_json(with_times({1000, 1000, 1000})));
    write_file(b, to_json(with_times({1000, 1500, 500})));
  }

  TemporaryFolder folder;
  std::string a = folder / "a.json";
  std::string b = folder / "b.json";
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(comparison_reports)

BOOST_AUTO_TEST_CASE(every_format_is_printed_and_written_alike) {
  const Files files;
  for (const std::string format : report_formats) {
    const std::string file = files.folder / format;
    const Ended printed = run({"compare", "--format", format, files.a, files.b});
    BOOST_TEST(printed.status == 1);
    BOOST_TEST(printed.err.empty(), printed.err);
    const Ended written = run({"compare", "--format", "evidence", "--report", format + "=" + file, files.a, files.b});
    BOOST_TEST(written.status == 1);
    BOOST_TEST(has(written.out, "verdict: regressed (1 regressed, 1 improved, 1 pass)"), written.out);
    BOOST_TEST(read_file(file) == printed.out);
    BOOST_TEST(!has(printed.out, "\033"));
  }
}

BOOST_AUTO_TEST_CASE(many_reports_of_one_comparison) {
  const Files files;
  std::vector<std::string> arguments = {"compare", files.a, files.a};
  for (const std::string format : report_formats) {
    arguments.insert(arguments.end(), {"--report", format + "=" + (files.folder / format)});
  }
  run_well(arguments);
  BOOST_TEST(files.folder.names().size() == 2 + report_formats.size());
}

BOOST_AUTO_TEST_CASE(reports_that_cannot_be) {
  const Files files;
  const auto report = [&](const std::string& what) {
    return std::vector<std::string>{"compare", "--report", what, files.a, files.b};
  };
  run_badly(report("xml=x"), wrong, {"--report", "xml=x", "check-run"});
  run_badly(report("junit"), wrong, {"junit=FILE"});
  run_badly(report("junit="), wrong, {"junit=FILE"});
  run_badly(report("junit=-"), wrong, {"--format"});
  run_badly(report("junit=" + (files.folder / "none/x")), wrong, {"none/x", "No such file"});
  run_badly({"compare", "--format", "evidence", "--cross", files.a, files.b}, wrong, {"--cross", "evidence"});
  run_badly({"compare", "--report", "junit=" + (files.folder / "x"), "--cross", files.a, files.b}, wrong, {"junit"});
  BOOST_TEST(files.folder.names().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_report_that_cannot_be_written_is_no_verdict) {
  const Files files;
  write_file(files.folder / "x", "earlier");
  run_badly({"compare", "--report", "json=" + (files.folder / "x"), files.a, files.b}, wrong, {"File too large"},
            {.file_size_limit = 100});
  BOOST_TEST(read_file(files.folder / "x") == "earlier");
  // Nor is one whose table has no room.
  const Ended ended = run({"compare", files.a, files.a}, {.file_size_limit = 60});
  BOOST_TEST(ended.status == wrong);
  BOOST_TEST(ended.err == "trilane: cannot write to standard output\n");
}

BOOST_AUTO_TEST_CASE(across_platforms_there_are_tables) {
  const Files files;
  for (const char* format : {"table", "json", "markdown"}) {
    BOOST_TEST(!run_well({"compare", "--cross", "--format", format, files.a, files.b}).out.empty());
  }
}

BOOST_AUTO_TEST_CASE(annotations_point_to_files_that_exist) {
  const Json listed = Json::parse(run_well({"list", "--json"}).out);
  for (const Json& one : listed.at("cases")) {
    const std::string name = one.get<std::string>();
    const std::string op = name.substr(0, name.find('/'));
    for (const char* arch : {"scalar", "avx2"}) {
      const std::filesystem::path file = std::string(TRILANE_SOURCE) + "/" + std::string(kernel_source(op, arch));
      BOOST_TEST(std::filesystem::is_regular_file(file), op);
    }
  }
}

// Sanitizers make it twenty times as slow, and its length is nothing to them.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t many_cases = 2'000;
#else
constexpr std::size_t many_cases = 10'000;
#endif

BOOST_AUTO_TEST_CASE(ten_thousand_cases) {
  std::vector<double> before(many_cases, 1000);
  std::vector<double> after = before;
  after.back() = 1500;
  const TemporaryFolder folder;
  write_file(folder / "a.json", to_json(with_times(before, 5)));
  write_file(folder / "b.json", to_json(with_times(after, 5)));
  // All in one comparison: reading the files takes the longest.
  std::vector<std::string> arguments = {"compare", folder / "a.json", folder / "b.json"};
  for (const std::string format : report_formats) {
    arguments.insert(arguments.end(), {"--report", format + "=" + (folder / format)});
  }
  BOOST_TEST(run(arguments).status == 1);
  for (const std::string format : report_formats) {
    const std::string text = read_file(folder / format);
    BOOST_TEST(has(text, "regressed"), format);
    if (format != "evidence" && format != "check-run")
      BOOST_TEST(has(text, "quantize/i2_s/" + std::to_string(many_cases - 1)), format);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_reaches_every_report_that_can_be_written) {
  const Files files;
  const std::string taken = files.folder / "taken";
  const std::string earlier = files.folder / "earlier.txt";
  std::filesystem::create_directory(taken);
  write_file(earlier, "verdict: pass");
  write_file(files.b, "nonsense");
  const Ended ended =
      run({"compare", "--report", "junit=" + taken, "--report", "evidence=" + earlier, files.a, files.b});
  BOOST_TEST(ended.status == wrong);
  BOOST_TEST(has(ended.err, "taken"), ended.err);
  BOOST_TEST(has(read_file(earlier), "not comparable"), read_file(earlier));
}

BOOST_AUTO_TEST_CASE(colours_of_verdicts) {
  const Baseline base = with_times({1000, 1000, 1000});
  const Baseline changed = with_times({1000, 1500, 500});
  const Baseline few = with_times({1000, 1000, 1000}, 2);
  const auto table = [&](const Baseline& b, bool coloured) {
    const CompareOptions options;
    const Comparison comparison = compare(base, b, options);
    return cli::render("table", {base, b, comparison, options, "a", "b", ""}, coloured);
  };
  const std::string coloured = table(changed, true);
  BOOST_TEST(has(coloured, "\033[31mregressed\033[0m\n"));
  BOOST_TEST(has(coloured, "\033[32mimproved\033[0m\n"));
  BOOST_TEST(has(coloured, "  pass\n"));
  BOOST_TEST(has(coloured, "\n\033[31m1 of 3 cases regressed.\033[0m\n"));
  BOOST_TEST(has(table(base, true), "\n\nNone of 3 cases regressed.\n"));
  BOOST_TEST(has(table(few, true), "\033[33minconclusive\033[0m\n"));
  BOOST_TEST(!has(table(changed, false), "\033"));
}

BOOST_AUTO_TEST_CASE(colours_only_where_they_are_wanted) {
  BOOST_TEST(cli::may_style(true, nullptr, "xterm"));
  BOOST_TEST(cli::may_style(true, "", nullptr));
  BOOST_TEST(!cli::may_style(false, nullptr, "xterm"));
  BOOST_TEST(!cli::may_style(true, "1", "xterm"));
  BOOST_TEST(!cli::may_style(true, nullptr, "dumb"));
}

BOOST_AUTO_TEST_CASE(notes_have_a_column_only_where_there_are_any) {
  const Baseline base = with_times({1000, 1000});
  const CompareOptions options;
  Comparison comparison = compare(base, base, options);
  const auto table = [&] { return cli::render("table", {base, base, comparison, options, "a", "b", ""}); };
  BOOST_TEST(!has(table(), "note"));
  comparison.pairs[1].note = "by a re-run";
  BOOST_TEST(has(table(), "verdict  note\n"));
  BOOST_TEST(has(table(), "pass     by a re-run\n"));
  BOOST_TEST(Json::parse(to_json(comparison, options)).at("pairs").at(1).at("note") == "by a re-run");
}

BOOST_AUTO_TEST_SUITE_END()
