// What docs/reports.md says of the formats: verdicts in words, GitHub's limits, texts that cannot break out.

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "bench/report/kernel_source.hpp"
#include "bench/report/outcome.hpp"
#include "bench/report/report.hpp"
#include "bench/report/text.hpp"
#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;
using Json = nlohmann::json;

namespace {

constexpr std::size_t enough = 10;  // launches

/// benchmark() of steady_launches(), whose estimates take long: once for each time.
Benchmark steady(const std::string& name, const std::string& arch, double ns, std::size_t launches) {
  static std::map<std::pair<double, std::size_t>, Benchmark> known;
  const auto [found, is_new] = known.try_emplace({ns, launches});
  if (is_new) found->second = benchmark(name, arch, steady_launches(ns, launches));
  Benchmark copy = found->second;
  copy.name = name;
  copy.arch = arch;
  copy.op = name.substr(0, name.find('/'));
  return copy;
}

/// Two baselines whose cases take so many times as long on the new side; 0: with launches too few for a verdict.
struct Sides {
  explicit Sides(const std::vector<double>& ratios) {
    for (std::size_t i = 0; i < ratios.size(); ++i) add("quantize/i2_s/" + std::to_string(i), ratios[i]);
  }

  void add(const std::string& name, double ratio, const std::string& arch = "avx2") {
    const std::size_t launches = ratio > 0 ? enough : 1;
    base.benchmarks.push_back(steady(name, arch, 1000, launches));
    new_.benchmarks.push_back(steady(name, arch, ratio > 0 ? 1000 * ratio : 1000, launches));
  }

  [[nodiscard]] std::string report(std::string (*format)(const ComparisonReport&),
                                   const CompareOptions& options = {}) const {
    Comparison comparison = compare(base, new_, options);
    for (Pair& pair : comparison.pairs) pair.note = note;
    return format({base, new_, comparison, options, base_name, "after.json", "Ten were judged.\nOne was not.\n"});
  }

  [[nodiscard]] std::string_view outcome(const CompareOptions& options = {}) const {
    return name(outcome_of(compare(base, new_, options), options));
  }

  Baseline base = baseline({});
  Baseline new_ = baseline({});
  std::string base_name = "before.json";
  std::string note;
};

CompareOptions strict() {
  CompareOptions options;
  options.require_verdict = true;
  return options;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::size_t occurrences(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// Whether the parts stand in the text one after the other.
bool in_order(const std::string& text, std::initializer_list<std::string_view> parts) {
  std::size_t at = 0;
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
    at = text.find(part, at);
    return at != std::string::npos;
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_report)

BOOST_AUTO_TEST_CASE(the_worst_outcome_counts) {
  BOOST_TEST(Sides({1, 1}).outcome() == "pass");
  BOOST_TEST(Sides({1, 0.8}).outcome() == "improved");
  BOOST_TEST(Sides({1, 0.99}).outcome() == "faster within tolerance");
  BOOST_TEST(Sides({1, 0.99, 0.8}).outcome() == "improved");
  BOOST_TEST(Sides({1, 0.99, 0.8, 1.01}).outcome() == "slower within tolerance");
  BOOST_TEST(Sides({1, 0.8, 1.01, 0}).outcome() == "inconclusive");
  BOOST_TEST(Sides({1, 0.8, 0, 1.2}).outcome() == "regressed");
  Sides differ({1, 1.2});
  differ.new_.benchmarks[0].output_digest = "xxh3:0000000000000000";
  BOOST_TEST(differ.outcome() == "error");
}

BOOST_AUTO_TEST_CASE(nothing_judged_is_no_pass) {
  const Sides none({});
  BOOST_TEST(none.outcome() == "inconclusive");
  BOOST_TEST(compare(none.base, none.new_, {}).exit_code({}) == 0);
  BOOST_TEST(compare(none.base, none.new_, strict()).exit_code(strict()) == 2);
  BOOST_TEST(has(none.report(&evidence), "verdict: inconclusive (no case on both sides)"));
  BOOST_TEST(has(none.report(&markdown_comment), "## ⚠️ Inconclusive: no case on both sides\n"));
  BOOST_TEST(Json::parse(none.report(&check_run)).at("conclusion") == "neutral");
  BOOST_TEST(has(none.report(&junit), "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""));
  BOOST_TEST(has(none.report(&junit, strict()), "failures=\"1\""));
}

BOOST_AUTO_TEST_CASE(a_missing_case_that_must_not_be) {
  Sides sides({1, 1});
  sides.new_.benchmarks.pop_back();
  CompareOptions all;
  all.require_all = true;
  BOOST_TEST(sides.outcome() == "inconclusive");
  BOOST_TEST(sides.outcome(all) == "error");
  BOOST_TEST(has(sides.report(&markdown_comment, all), "## ❌ 1 case missing on one side\n"));
  BOOST_TEST(has(sides.report(&junit, all), "<failure type=\"missing\" message=\"only in base\"/>"));
  BOOST_TEST(has(sides.report(&junit), "<skipped type=\"missing\" message=\"only in base\"/>"));
  BOOST_TEST(has(sides.report(&junit), "<testcase classname=\"avx2\" name=\"quantize/i2_s/1\">"));
}

BOOST_AUTO_TEST_CASE(changes_in_words) {
  BOOST_TEST(change(1.1234) == "+12.3 %");
  BOOST_TEST(change(0.8) == "−20.0 %");
  BOOST_TEST(change(0.99999) == "+0.0 %");
  BOOST_TEST(change_interval({1, 0, 0.95, 1.05}) == "−5.0 … +5.0 %");
}

// A change that is certain and too small to count: no failure, and no pass either.
BOOST_AUTO_TEST_CASE(small_changes_are_named_in_every_report) {
  const Sides sides({1, 1.01, 0.99});
  BOOST_TEST(compare(sides.base, sides.new_, strict()).exit_code(strict()) == 0);
  const std::string comment = sides.report(&markdown_comment);
  BOOST_TEST(in_order(comment, {"## ✅ 1 of 3 cases slower within tolerance, none regressed\n",
                                "1 slower within tolerance · 1 faster within tolerance · 1 pass.",
                                "<details><summary>1 slower within tolerance</summary>", "`quantize/i2_s/1`",
                                "| slower within tolerance |", "<details><summary>1 faster within tolerance</summary>",
                                "`quantize/i2_s/2`", "<details><summary>1 pass</summary>"}),
             comment);
  const std::string xml = sides.report(&junit, strict());
  BOOST_TEST(has(xml, "tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"0\""));
  BOOST_TEST(has(xml, "<property name=\"verdict\" value=\"slower within tolerance\"/>"));
  BOOST_TEST(has(xml, "<system-out>slower within tolerance, time of new against base: +1.0 % ("));
  BOOST_TEST(has(xml, "<system-out>faster within tolerance, time of new against base: −1.0 % ("));
  const Json check = Json::parse(sides.report(&check_run, strict()));
  BOOST_TEST(check.at("conclusion") == "success");
  BOOST_TEST(check.at("output").at("title") == "1 of 3 cases slower within tolerance, none regressed");
  BOOST_TEST(!check.at("output").contains("annotations"));
  BOOST_TEST(sides.report(&evidence).ends_with(
      "; verdict: slower within tolerance (1 slower within tolerance, 1 faster within tolerance, 1 pass)\n"));
  const Json json = Json::parse(to_json(compare(sides.base, sides.new_, {}), {}));
  BOOST_TEST(json.at("pairs").at(1).at("verdict") == "slower within tolerance");
  BOOST_TEST(json.at("pairs").at(2).at("verdict") == "faster within tolerance");
}

BOOST_AUTO_TEST_CASE(a_comment_says_first_what_moved) {
  const std::string text = Sides({1, 1.1, 0.8, 0, 1.3}).report(&markdown_comment);
  BOOST_TEST(text.starts_with("<!-- trilane -->\n## ❌ 2 of 5 cases regressed\n"), text);
  BOOST_TEST(
      in_order(text, {"2 regressed · 1 improved · 1 inconclusive · 1 pass", "`quantize/i2_s/4` | avx2 | +30.0 %",
                      "`quantize/i2_s/1` | avx2 | +10.0 %", "`quantize/i2_s/2` | avx2 | −20.0 %",
                      "<details><summary>1 inconclusive", "`quantize/i2_s/3`", "<details><summary>1 pass",
                      "`quantize/i2_s/0`", "<details><summary>How it was judged", "Ten were judged.\n\nOne was",
                      "| commit | 0123456789ab, with changes |", "| compiler | clang 19.1.7 -O3 |", "| CPU | A CPU |"}),
      text);
  BOOST_TEST(occurrences(text, "<details>") == occurrences(text, "</details>"));
  BOOST_TEST(!has(text, "note"));
}

BOOST_AUTO_TEST_CASE(headings) {
  const auto heading = [](const Sides& sides, const CompareOptions& options) {
    const std::string text = sides.report(&markdown_comment, options);
    const std::size_t begin = text.find("## ") + 3;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  BOOST_TEST(heading(Sides({1}), {}) == "✅ None of 1 case regressed");
  BOOST_TEST(heading(Sides({1, 0.8}), {}) == "✅ 1 of 2 cases improved, none regressed");
  BOOST_TEST(heading(Sides({1, 0}), {}) == "⚠️ Inconclusive: 1 of 2 cases got no verdict, none regressed");
  BOOST_TEST(heading(Sides({1, 0}), strict()) == "❌ Inconclusive: 1 of 2 cases got no verdict, none regressed");
}

BOOST_AUTO_TEST_CASE(different_outputs_hide_times) {
  Sides sides({1, 1.5});
  sides.new_.benchmarks[1].output_digest = "xxh3:0000000000000000";
  const std::string text = sides.report(&markdown_comment);
  BOOST_TEST(has(text, "## ❌ The outputs of 1 case differ\n"));
  BOOST_TEST(has(text, "- `quantize/i2_s/1`\n"));
  BOOST_TEST(!has(text, "+50.0 %"));
  BOOST_TEST(has(sides.report(&evidence), "verdict: error (The outputs of 1 case differ)"));
  const Json check = Json::parse(sides.report(&check_run));
  BOOST_TEST(check.at("conclusion") == "failure");
  BOOST_TEST(!check.at("output").contains("annotations"));
  const std::string xml = sides.report(&junit);
  BOOST_TEST(has(xml, "<failure type=\"digest\""));
  BOOST_TEST(has(xml, "tests=\"2\" failures=\"1\""));
}

BOOST_AUTO_TEST_CASE(names_carry_no_markup) {
  Sides sides({});
  sides.add("a|b`<!-- @someone\n</details> *x* [y](https://z)", 1.5, "<b>");
  sides.note = "confirmed | *twice* #12";
  sides.base_name = "</details>`|\xff";
  const std::string text = sides.report(&markdown_comment);
  BOOST_TEST(occurrences(text, "<!--") == 1U);  // our own
  BOOST_TEST(occurrences(text, "</details>") == occurrences(text, "<details>"));
  BOOST_TEST(!has(text, "<b>"));
  BOOST_TEST(!has(text, "@someone"));
  BOOST_TEST(!has(text, "[y]"));
  BOOST_TEST(!has(text, "*twice*"));
  BOOST_TEST(!has(text, "\xff"));
  const std::size_t row = text.find("| <code>a");
  BOOST_REQUIRE(row != std::string::npos);
  const std::string line = text.substr(row, text.find('\n', row) - row);
  BOOST_TEST(std::count(line.begin(), line.end(), '|') == 9);  // 8 columns, the note's among them
}

BOOST_AUTO_TEST_CASE(second_signals_stand_where_both_sides_have_them) {
  Sides sides({1.5, 1.4});
  sides.base.benchmarks[0].counters = EventCounts{1000, 500};
  BOOST_TEST(!has(sides.report(&markdown_comment), "instructions"));
  sides.new_.benchmarks[0].counters = EventCounts{1250, 500};
  sides.base.build.module_bytes = 4000;
  BOOST_TEST(!has(sides.report(&markdown_comment), "WebAssembly module"));
  sides.new_.build.module_bytes = 5000;
  const std::string text = sides.report(&markdown_comment);
  BOOST_TEST(has(text, "| base | new | instructions | verdict |\n|---|---|--:|--:|--:|--:|--:|---|\n"));
  BOOST_TEST(has(text, " | +25.0 % | regressed |\n"));
  BOOST_TEST(has(text, " |  | regressed |\n"));
  BOOST_TEST(has(text, "| WebAssembly module | 4000 bytes | 5000 bytes |"));
}

BOOST_AUTO_TEST_CASE(ten_thousand_cases_fit_a_comment) {
  Sides sides({});
  for (int i = 0; i < 10'000; ++i) {
    sides.add("quantize/i2_s/" + std::to_string(i),
              std::array{1.0, 1.0, 1.0, 0.0, 1.0}[static_cast<std::size_t>(i % 5)]);
  }
  sides.base.benchmarks[7] = benchmark("quantize/i2_s/7", "avx2", steady_launches(500, enough));
  const std::string text = sides.report(&markdown_comment);
  BOOST_TEST(text.size() <= 65'000U);
  BOOST_TEST(text.size() > 60'000U);
  BOOST_TEST(has(text, "## ❌ 1 of 10000 cases regressed"));
  BOOST_TEST(has(text, "`quantize/i2_s/7` | avx2 | +100.0 %"));
  BOOST_TEST(has(text, " of these are left out"));
  BOOST_TEST(has(text, "| CPU | A CPU |"));
  BOOST_TEST(occurrences(text, "<details>") == occurrences(text, "</details>"));
  // All that is in the table, left out or not.
  const auto number_before = [&](std::string_view words, std::size_t from) {
    const std::size_t end = text.find(words, from);
    return std::stoul(text.substr(text.rfind('\n', end) + 1));
  };
  const std::size_t inconclusive = text.find("2000 inconclusive</summary>");
  BOOST_REQUIRE(inconclusive != std::string::npos);
  BOOST_TEST(number_before(" of these are left out", inconclusive) + occurrences(text, "| inconclusive |") == 2000U);

  const Json check = Json::parse(sides.report(&check_run));
  BOOST_TEST(check.at("output").at("summary").get<std::string>().size() <= 65'535U);
}

BOOST_AUTO_TEST_CASE(long_texts_fit_a_comment) {
  Sides sides({});
  const std::string longest(100'000, '<');
  for (int i = 0; i < 100; ++i) sides.add(longest + std::to_string(i), 1.5);
  sides.base.build = sides.new_.build = {longest, longest, true, longest, longest};
  sides.base.environment.cpu.model = sides.new_.environment.cpu.model = longest;
  sides.base.environment.os = sides.new_.environment.os = longest;
  sides.base.environment.engine = sides.new_.environment.engine = Engine{longest, longest, longest};
  sides.base.created = sides.new_.created = longest;
  sides.base_name = sides.note = longest;
  BOOST_TEST(sides.report(&markdown_comment).size() <= 65'000U);
  BOOST_TEST(Json::parse(sides.report(&check_run)).at("output").at("summary").get<std::string>().size() <= 65'535U);
}

BOOST_AUTO_TEST_CASE(check_runs) {
  Sides sides({1, 1.5, 1.25});
  sides.add("a/case/of/nobody", 1.5);
  Json check = Json::parse(sides.report(&check_run));
  BOOST_TEST(check.at("name") == "trilane: browser, V8");
  BOOST_TEST(!check.contains("head_sha"));  // twelve digits are no whole commit
  BOOST_TEST(check.at("status") == "completed");
  BOOST_TEST(check.at("conclusion") == "failure");
  BOOST_TEST(check.at("output").at("title") == "3 of 4 cases regressed");
  BOOST_TEST(check.at("output").at("summary").get<std::string>().starts_with("## ❌ 3 of 4 cases regressed\n"));
  const Json& annotations = check.at("output").at("annotations");
  BOOST_REQUIRE(annotations.size() == 1U);
  BOOST_TEST(annotations[0].at("path") == "src/kernels/encode/generic.hpp");
  BOOST_TEST(annotations[0].at("start_line") == 1);
  BOOST_TEST(annotations[0].at("end_line") == 1);
  BOOST_TEST(annotations[0].at("annotation_level") == "failure");
  BOOST_TEST(in_order(annotations[0].at("message"), {"quantize/i2_s/1, avx2: +50.0 %", "quantize/i2_s/2"}));

  const std::string commit = "0123456789abcdef0123456789abcdef01234567";
  sides.new_.build.commit = commit;
  BOOST_TEST(Json::parse(sides.report(&check_run)).at("head_sha") == commit);

  const auto conclusion = [](const Sides& of, const CompareOptions& options) {
    return Json::parse(of.report(&check_run, options)).at("conclusion").get<std::string>();
  };
  BOOST_TEST(conclusion(Sides({1, 0.8}), {}) == "success");
  BOOST_TEST(conclusion(Sides({1, 0}), {}) == "neutral");
  BOOST_TEST(conclusion(Sides({1, 0}), strict()) == "failure");
}

BOOST_AUTO_TEST_CASE(kernel_sources) {
  BOOST_TEST(kernel_source("dequantize", "simd128") == "src/kernels/decode/generic.hpp");
  BOOST_TEST(kernel_source("gemv", "scalar") == "src/kernels/product/scalar.hpp");
  BOOST_TEST(kernel_source("nonsense", "avx2").empty());
}

BOOST_AUTO_TEST_CASE(junit_tests) {
  Sides sides({1, 1.5, 0});
  sides.note = "by a re-run";
  const std::string xml = sides.report(&junit);
  BOOST_TEST(has(xml, "<testsuites name=\"trilane\" tests=\"3\" failures=\"1\" errors=\"0\">"));
  BOOST_TEST(has(xml, "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""));
  BOOST_TEST(has(xml, "<failure type=\"regressed\" message=\"regressed: +50.0 % ("));
  BOOST_TEST(has(xml, "<skipped type=\"inconclusive\" message=\"inconclusive: +0.0 % ("));
  BOOST_TEST(has(xml, "<system-out>pass, time of new against base: +0.0 % ("));
  BOOST_TEST(has(xml, "; by a re-run</system-out>"));
  BOOST_TEST(has(xml, "<property name=\"verdict\" value=\"regressed\"/>"));
  BOOST_TEST(has(sides.report(&junit, strict()), "<failure type=\"inconclusive\""));
}

BOOST_AUTO_TEST_CASE(junit_escapes) {
  Sides sides({});
  sides.add("a\"<&>'\x01\n\xEF\xBF\xBE", 1);
  sides.base_name = "\xff\x80";
  const std::string xml = sides.report(&junit);
  BOOST_TEST(has(xml, "name=\"a&quot;&lt;&amp;&gt;'\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""), xml);
  BOOST_TEST(
      std::all_of(xml.begin(), xml.end(), [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; }));
  BOOST_TEST(!has(xml, "\xff"));
}

BOOST_AUTO_TEST_CASE(evidence_of_quantization) {
  Sides sides({});
  // 65536 elements in 1000, 32768 and 8192 ns: 65.5, 2.0 and 8.0 Gelem/s. The scalar one is not the fastest of its case.
  const auto add = [&](const std::string& name, const std::string& format, const std::string& arch, double ns) {
    Benchmark one = benchmark(name, arch, {{ns}});
    one.format = format;
    sides.base.benchmarks.push_back(one);
    sides.new_.benchmarks.push_back(one);
  };
  add("quantize/i2_s/1", "i2_s", "scalar", 65536);
  add("quantize/i2_s/1", "i2_s", "avx2", 32768);
  add("dequantize/i2_s/1", "i2_s", "avx2", 8192);
  add("quantize/tl2/1", "tl2", "avx2", 8192);
  add("gemv/i2_s/1", "i2_s", "avx2", 1000);
  BOOST_TEST(sides.report(&evidence) ==
             "quantization: i2_s 2.0-8.0 Gelem/s, tl2 8.0 Gelem/s; baseline: before.json (commit 0123456789ab, with "
             "changes); verdict: inconclusive (5 inconclusive)\n");
  BOOST_TEST(Sides({1, 1.5}).report(&evidence).ends_with("; verdict: regressed (1 regressed, 1 pass)\n"));
}

BOOST_AUTO_TEST_CASE(evidence_is_one_line) {
  Sides sides({1});
  sides.base_name = "a\nb";
  sides.base.build.commit = "c\rd";
  sides.new_.benchmarks[0].format = "x\ny";
  const std::string line = sides.report(&evidence);
  BOOST_TEST(line.find_first_of("\r\n") == line.size() - 1);
}

BOOST_AUTO_TEST_CASE(texts_are_cut_between_characters) {
  BOOST_TEST(clean("abcdef", 6) == "abcdef");
  BOOST_TEST(clean("abcdefg", 6) == "abc…");
  BOOST_TEST(clean("aäöü", 6) == "aä…");
  BOOST_TEST(clean("", 6).empty());
}

BOOST_AUTO_TEST_SUITE_END()
