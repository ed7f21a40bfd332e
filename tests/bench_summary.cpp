// The Markdown of a baseline: every figure stands where it belongs, and no name breaks out of its cell.

#include "bench/summary.hpp"

#include "bench/numbers.hpp"
#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;

namespace {

Baseline example() {
  std::vector<Benchmark> benchmarks{benchmark("quantize/i2_s/65536", "scalar", steady_launches(65536, 6)),
                                    benchmark("quantize/i2_s/65536", "avx2", steady_launches(6553.6, 6)),
                                    benchmark("model/bitnet-2b4t/i2_s", "avx2", steady_launches(2e7, 6))};
  benchmarks[1].roofline = Roofline{3277, 0};
  return baseline(std::move(benchmarks));
}

/// The line that begins so, without its line break.
std::string line_of(const std::string& text, const std::string& start) {
  const std::size_t at = ("\n" + text).find("\n" + start);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "no line '" << start << "' in:\n" << text);
  return text.substr(at, text.find('\n', at) - at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_summary)

BOOST_AUTO_TEST_CASE(environment) {
  const std::string text = summary_markdown(example(), "chromium", 3);
  BOOST_TEST(line_of(text, "#") == "### chromium");
  BOOST_TEST(line_of(text, "| platform |") == "| platform | browser |");
  BOOST_TEST(line_of(text, "| CPU |") == "| CPU | A CPU, 2 cores, avx2 |");
  BOOST_TEST(line_of(text, "| caches |") == "| caches | L1 data 32 KiB, L2 unified 1 MiB |");
  BOOST_TEST(line_of(text, "| OS |") == "| OS | Linux 6.1 |");
  BOOST_TEST(line_of(text, "| engine |") == "| engine | V8 120.0 |");
  BOOST_TEST(line_of(text, "| compiler |") == "| compiler | clang 19.1.7, `-O3` |");
  BOOST_TEST(line_of(text, "| trilane |") == "| trilane | 0.1.0, commit `0123456789ab`, with changes |");
  BOOST_TEST(line_of(text, "| timer |") == "| timer | 5.00 µs a tick |");
  BOOST_TEST(line_of(text, "| launches |") == "| launches | 1 |");
  BOOST_TEST(line_of(text, "| created |") == "| created | 2026-01-31T12:00:00Z |");
  BOOST_TEST(line_of(text, "| bandwidth, 1 thread |") ==
             "| bandwidth, 1 thread | 16 KiB: read 200 GB/s, copy 180 GB/s, fill 100 GB/s; "
             "16 MiB: read 20.0 GB/s, copy 18.0 GB/s, fill 10.0 GB/s |");
  BOOST_TEST(line_of(text, "| bandwidth, 2 threads |") ==
             "| bandwidth, 2 threads | 16 KiB: read 400 GB/s, copy 360 GB/s, fill 200 GB/s |");
  BOOST_TEST(line_of(text, "| int8 multiply-accumulates/s, 2 threads |").find("avx2 300 G") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_measured_of_the_noise) {
  Baseline from = example();
  BOOST_TEST(summary_markdown(from, "x").find("false alarms") == std::string::npos);
  from.noise =
      Noise{.verdicts = 1000, .alarms = 2, .inconclusive = 100, .detectable = 0.031, .detectable_worst = 0.072};
  const std::string text = summary_markdown(from, "x");
  // Clopper and Pearson's interval of 2 in 1000, from tables: 0.0242 % and 0.7206 %.
  BOOST_TEST(line_of(text, "| false alarms |") ==
             "| false alarms | 2 of 1000 verdicts of `trilane aa` (0.02 … 0.72 %), 100 inconclusive |");
  BOOST_TEST(line_of(text, "| slowdown found 9 times in 10 |") ==
             "| slowdown found 9 times in 10 | from 3.1 % on; in 9 cases of 10 from 7.2 % on |");
}

BOOST_AUTO_TEST_CASE(the_fastest_arch_of_each_case) {
  const Baseline from = example();
  const std::string text = summary_markdown(from, "x");
  const Estimate& median = from.benchmarks[1].estimates.median;
  BOOST_TEST(line_of(text, "| `quantize/i2_s/65536`") == "| `quantize/i2_s/65536` | avx2 | 6.56 µs | " +
                                                             duration(median.lower) + " … " + duration(median.upper) +
                                                             " | 10.0 G | 50 % |");
  BOOST_TEST(line_of(text, "| `model/bitnet-2b4t/i2_s`").ends_with(" | 50.0 |  |"));  // tokens/s; not calibrated
  BOOST_TEST(line_of(text, "<details><summary>quantize") == "<details><summary>quantize: 1 case</summary>");
  BOOST_TEST(text.find("scalar | 65") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_unknown_is_said) {
  Baseline from = example();
  from.environment.cpu = {};
  from.environment.os.reset();
  from.environment.engine.reset();
  from.environment.fingerprint.reset();
  from.calibration = {};
  const std::string text = summary_markdown(from, "x");
  BOOST_TEST(line_of(text, "| CPU |") == "| CPU | unknown, 0 cores |");
  BOOST_TEST(line_of(text, "| caches |") == "| caches | unknown |");
  BOOST_TEST(line_of(text, "| fingerprint |") == "| fingerprint | unknown |");
  BOOST_TEST(text.find("| engine") == std::string::npos);
  BOOST_TEST(text.find("| bandwidth") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(hostile_names) {
  BOOST_TEST(markdown_text("Intel(R) Xeon(R)") == "Intel(R) Xeon(R)");
  BOOST_TEST(markdown_text("i2_s _x_") == "i2_s &#95;x&#95;");
  BOOST_TEST(markdown_text("a|b\n<b>&amp;") == "a&#124;b&#92;x0a&#60;b&#62;&#38;amp;");
  BOOST_TEST(markdown_text("@you #1 http://x [a](b)") == "&#64;you &#35;1 http&#58;//x &#91;a&#93;(b)");
  BOOST_TEST(markdown_code("a<b>") == "`a<b>`");
  BOOST_TEST(markdown_code("a|b`c\\") == "<code>a&#124;b&#96;c&#92;</code>");
  BOOST_TEST(markdown_code("") == "<code></code>");

  Baseline from = example();
  const std::string evil = "x | y\n\n# z `</details><script>";
  from.environment.cpu.model = evil;
  from.environment.os = evil;
  from.environment.engine = Engine{evil, evil, evil};
  from.build = {evil, evil, false, evil, evil};
  from.created = evil;
  from.benchmarks[0].name = evil;
  from.benchmarks[0].arch = evil;
  from.benchmarks[0].op = evil;
  from.calibration.int8_mac[0].arch = evil;
  const std::string text = summary_markdown(from, evil);
  BOOST_TEST(text.find("<script>") == std::string::npos);
  BOOST_TEST(text.find("\n# z") == std::string::npos);
  const Baseline harmless = example();
  const auto count = [](const std::string& in, char what) { return std::count(in.begin(), in.end(), what); };
  // One more table, of the operation that is new.
  BOOST_TEST(count(text, '\n') == count(summary_markdown(harmless, "x"), '\n') + 8);
}

BOOST_AUTO_TEST_SUITE_END()
