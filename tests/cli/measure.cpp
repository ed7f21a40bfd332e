// bench, compare and export, end to end; what they say of times is not looked at.

#include <sched.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;
using Json = nlohmann::json;

namespace {

/// Without the calibration, which takes longer than all that is looked at here: cli.launches has one.
const std::vector<std::string> quick = {
    "bench", "--quick", "--no-calibration", "--filter", "^quantize/(i2_s|tl2)/1024$", "--arch", "scalar"};

std::vector<std::string> with(std::vector<std::string> arguments, std::initializer_list<std::string> more) {
  arguments.insert(arguments.end(), more);
  return arguments;
}

/// What `quick` measures, once for all tests that only need a baseline.
const std::string& a_baseline() {
  static const std::string text = run_well(with(quick, {"--json", "-"})).out;
  return text;
}

/// A baseline of another machine or revision: the text with every `from` made `to`.
std::string changed(std::string text, const std::string& from, const std::string& to) {
  BOOST_REQUIRE(text.find(from) != std::string::npos);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(measure)

BOOST_AUTO_TEST_CASE(a_baseline_and_its_table) {
  const TemporaryFolder folder;
  const Ended ended = run_well(with(quick, {"--json", folder / "x.json"}));
  BOOST_TEST(ended.err.empty());
  for (const char* part : {"case", "median", "elements/s", "of bandwidth", "quantize/tl2/1024"}) {
    BOOST_TEST(ended.out.find(part) != std::string::npos, part << " is not in:\n" << ended.out);
  }
  const Json json = Json::parse(read_file(folder / "x.json"));
  BOOST_TEST(json.at("environment").at("platform") == "native");
  BOOST_TEST(json.at("benchmarks").size() == 2);
  BOOST_TEST(json.at("benchmarks")[0].at("output_digest").get<std::string>().starts_with("xxh3:"));
}

BOOST_AUTO_TEST_CASE(a_launch_with_a_seed_keeps_to_a_core) {
  cpu_set_t mine;
  BOOST_REQUIRE(sched_getaffinity(0, sizeof mine, &mine) == 0);
  if (CPU_COUNT(&mine) < 2) return;  // there is nothing to choose from
  /// Each choice of cores, as its count and the first of them.
  const auto choices = [&](std::initializer_list<std::string> more) {
    const TemporaryFolder folder;
    write_file(folder / "cores", "");
    run_well(with({"bench", "--quick", "--no-calibration", "--arch", "scalar", "--filter", "^(de)?quantize/i2_s/1024$"},
                  more),
             {.environment = preload("announce", {"TRILANE_TEST_CORES=" + (folder / "cores")})});
    std::vector<std::pair<int, int>> seen;
    std::istringstream lines(read_file(folder / "cores"));
    for (std::pair<int, int> one; lines >> one.first >> one.second;) seen.push_back(one);
    return seen;
  };
  const auto all_again = [&](const std::pair<int, int>& choice) { return choice.first == CPU_COUNT(&mine); };
  auto without_seed = choices({});
  std::erase_if(without_seed, all_again);
  BOOST_TEST(without_seed.empty());
  int core_of_4 = -1;
  for (const std::string seed : {"4", "5"}) {
    auto kept = choices({"--order", seed});
    BOOST_TEST(kept.size() == 4U);  // to a core and back, for each of two cases
    BOOST_TEST(std::erase_if(kept, all_again) == 2U);
    for (const auto& [count, core] : kept) {
      BOOST_TEST(count == 1);
      BOOST_TEST(core == kept.front().second);
    }
    BOOST_TEST(kept.front().second != core_of_4);
    core_of_4 = kept.front().second;
  }
}

BOOST_AUTO_TEST_CASE(counts_or_why_there_are_none) {
  const Ended ended = run_well(with(quick, {"--json", "-"}));
  bool counted = false;
  const Json json = Json::parse(ended.out);
  for (const Json& one : json.at("benchmarks")) counted = counted || one.contains("counters");
  BOOST_TEST(counted == (ended.err.find("instr/element") != std::string::npos), ended.err);
  BOOST_TEST(counted == (ended.err.find("No instruction counts: ") == std::string::npos), ended.err);
  const Ended threads = run_well(
      {"bench", "--quick", "--no-calibration", "--filter", "^gemv/tl2/640x2560", "--arch", "scalar", "--threads", "2"});
  BOOST_TEST(threads.out.find("No instruction counts: ") != std::string::npos, threads.out);
}

BOOST_AUTO_TEST_CASE(instructions_and_modules_beside_the_times) {
  const TemporaryFolder folder;
  const std::string a = folder / "a.json";
  const std::string b = folder / "b.json";
  Json json = Json::parse(a_baseline());
  for (Json& one : json["benchmarks"]) one.erase("counters");
  write_file(a, json.dump());
  const std::string without = run_well({"compare", a, a}).out;
  BOOST_TEST(without.find("instructions") == std::string::npos, without);
  BOOST_TEST(without.find("WebAssembly") == std::string::npos, without);

  const auto write_with = [&](const std::string& file, double instructions, std::uint64_t module_bytes) {
    json["build"]["module_bytes"] = module_bytes;
    json["benchmarks"][1]["counters"] = {{"instructions", instructions}, {"cycles", 1000}};
    write_file(file, json.dump());
  };
  write_with(a, 4000, 500000);
  write_with(b, 9000, 495000);
  for (const bool cross : {false, true}) {
    std::vector<std::string> arguments = {"compare", a, b};
    if (cross) arguments.emplace_back("--cross");
    const std::string shown = run_well(arguments).out;
    for (const char* part : {"instructions B/A\n", "  2.2500\n",
                             "500000 bytes in A, 495000 in B (-1.00 %), shown, never", "\nInstructions are"}) {
      BOOST_TEST(shown.find(part) != std::string::npos, part << " is not in:\n" << shown);
    }
  }
  const Json compared = Json::parse(run_well({"compare", "--format", "json", a, b}).out);
  BOOST_TEST(compared.at("pairs").at(0).at("instructions_ratio").is_null());
  BOOST_TEST(compared.at("pairs").at(1).at("instructions_ratio").get<double>() == 2.25);
  BOOST_TEST(compared.at("module_bytes").at("b").get<int>() == 495000);

  json["benchmarks"][1]["counters"]["instructions"] = "many";
  write_file(b, json.dump());
  run_badly({"compare", a, b}, 4, {"b.json", "/benchmarks/1/counters/instructions"});
}

BOOST_AUTO_TEST_CASE(json_on_stdout_is_alone_there) {
  const Ended ended = run_well(with(quick, {"--json", "-"}));
  BOOST_TEST(Json::parse(ended.out).at("benchmarks").size() == 2);
  BOOST_TEST(ended.err.find("quantize/i2_s/1024") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(weights_of_a_file) {
  const Ended ended =
      run_well({"bench", "--quick", "--no-calibration", "--weights", tiny(), "--arch", "scalar", "--json", "-"});
  std::set<std::string> names;
  const Json json = Json::parse(ended.out);
  for (const Json& one : json.at("benchmarks")) names.insert(one.at("case"));
  BOOST_TEST(names.size() == 3 * 4 * 6);  // formats, tensors; quantize, dequantize, pack, gemv, gemm of 8 and of 32
  BOOST_TEST(names.contains("quantize/tl2/attention.weight"));
  const Ended trained = run_well(
      {"bench", "--quick", "--no-calibration", "--weights", digits(), "--filter", "^gemv/tl2/", "--json", "-"});
  BOOST_TEST(trained.out.find("gemv/tl2/hidden1.weight") != std::string::npos);
  const TemporaryFolder folder;
  write_file(folder / "x", "nonsense");
  run_badly({"bench", "--weights", folder / "x"}, 4, {"x"});
}

BOOST_AUTO_TEST_CASE(comparisons_and_their_exit_codes) {
  const TemporaryFolder folder;
  const std::string a = folder / "a.json";
  const std::string b = folder / "b.json";
  const std::string& text = a_baseline();
  write_file(a, text);

  write_file(b, text);
  const Ended same = run_well({"compare", a, b});
  BOOST_TEST(same.out.find("all outputs equal") != std::string::npos, same.out);
  BOOST_TEST(run_well({"compare", "--format", "markdown", a, b}).out.find("| `quantize/i2_s/1024` |") !=
             std::string::npos);
  BOOST_TEST(Json::parse(run_well({"compare", "--format", "json", a, b}).out).is_object());
  BOOST_TEST(run_well({"compare", "-", b}, {.input = text}).out == changed(same.out, "A: " + a, "A: -"));

  // Another machine: comparable only across platforms.
  const std::string fingerprint = Json::parse(text).at("environment").at("fingerprint");
  write_file(b, changed(text, fingerprint, "0000000000000000"));
  run_badly({"compare", a, b}, 3, {"different machines", "--cross"});
  run_well({"compare", "--cross", a, b});

  const std::string digest = Json::parse(text).at("benchmarks")[0].at("output_digest");
  write_file(b, changed(text, digest, "xxh3:0123456789abcdef"));
  const Ended differing = run({"compare", a, b});
  BOOST_TEST(differing.status == 3);
  BOOST_TEST(differing.out.find("quantize/i2_s/1024") != std::string::npos, differing.out);
  BOOST_TEST(run({"compare", "--cross", a, b}).status == 3);

  Json fewer = Json::parse(text);
  fewer["benchmarks"].erase(1);
  write_file(b, fewer.dump());
  BOOST_TEST(run_well({"compare", a, b}).out.find("Only in A") != std::string::npos);
  BOOST_TEST(run({"compare", "--require-all", a, b}).status == 3);

  write_file(b, text.substr(0, text.size() / 2));
  run_badly({"compare", a, b}, 4, {"b.json"});
  write_file(b, changed(text, "\"output_digest\"", "\"output\""));
  run_badly({"compare", a, b}, 4, {"b.json", "output_digest"});
}

BOOST_AUTO_TEST_CASE(exports) {
  const TemporaryFolder folder;
  const std::string file = folder / "before.json";
  const std::string& text = a_baseline();
  write_file(file, text);
  for (const char* format : {"criterion", "google-benchmark", "github-action-benchmark", "bencher", "csv", "otlp"}) {
    const std::string out = run_well({"export", file, "--to", format}).out;
    BOOST_TEST(out.find("quantize/tl2/1024") != std::string::npos, format << ": " << out);
    run_well({"export", file, "--to", format, "-o", folder / "out"});
    BOOST_TEST(read_file(folder / "out") == out, format);
    if (std::string(format) != "criterion") {
      BOOST_TEST(run_well({"export", "-", "--to", format}, {.input = text}).out == out, format);
    }
    if (std::string(format) != "csv") BOOST_TEST(!Json::parse(out).empty(), format);
  }
  BOOST_TEST(Json::parse(run_well({"export", file, "--to", "criterion"}).out).at("name") == "before");
  BOOST_TEST(Json::parse(run_well({"export", file, "--to", "criterion", "--name", "x"}).out).at("name") == "x");
  BOOST_TEST(Json::parse(run_well({"export", "-", "--to", "criterion"}, {.input = text}).out).at("name") == "baseline");
}

BOOST_AUTO_TEST_CASE(exports_that_cannot_be_made) {
  const TemporaryFolder folder;
  const std::string file = folder / "x.json";
  const std::string out = folder / "out";
  const std::string& text = a_baseline();
  run_badly({"export", file, "--to", "csv", "-o", out}, 4, {"x.json"});
  write_file(file, text);
  run_badly({"export", file, "-o", out}, 4, {"--to"});
  run_badly({"export", file, "--to", "xml", "-o", out}, 4, {"xml", "criterion"});
  run_badly({"export", "--to", "csv", "-o", out}, 4, {"FILE"});
  write_file(file, text.substr(0, text.size() / 2));
  run_badly({"export", file, "--to", "csv", "-o", out}, 4, {"x.json"});
  write_file(file, changed(text, "trilane.baseline/1", "trilane.baseline/2"));
  run_badly({"export", file, "--to", "csv", "-o", out}, 3, {"x.json", "trilane.baseline/2"});
  Json json = Json::parse(text);
  json["created"] = "yesterday";
  write_file(file, json.dump());
  run_badly({"export", file, "--to", "otlp", "-o", out}, 4, {"x.json", "created", "yesterday"});
  run_well({"export", file, "--to", "csv"});
  BOOST_TEST((folder.names() == std::vector<std::string>{"x.json"}));
  run_badly({"export", file, "--to", "csv", "-o", folder / "none/out"}, 1, {"none/out"});
}

BOOST_AUTO_TEST_SUITE_END()
