// What compare.hpp says: digests first, pairs, ratios, verdicts, refusals, exit codes.

#include "bench/compare.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "bench/student.hpp"
#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;
using boost::test_tools::tolerance;

namespace {

constexpr const char* some_case = "quantize/i2_s/65536";

Baseline with_time(double ns, std::size_t launches = 10) {
  return baseline({benchmark(some_case, "avx2", steady_launches(ns, launches))});
}

/// The one pair that the two sides have; its pointers live no longer than a and b.
Pair only_pair(const Baseline& a, const Baseline& b) {
  const Comparison comparison = compare(a, b, {});
  BOOST_REQUIRE_EQUAL(comparison.pairs.size(), 1U);
  return comparison.pairs.front();
}

void check_verdict(const Baseline& a, const Baseline& b, Verdict wanted, int code, int code_if_required) {
  const Comparison comparison = compare(a, b, {});
  BOOST_REQUIRE_EQUAL(comparison.pairs.size(), 1U);
  BOOST_TEST(name(comparison.pairs.front().verdict) == name(wanted));
  BOOST_TEST(comparison.exit_code({}) == code);
  CompareOptions required;
  required.require_verdict = true;
  BOOST_TEST(comparison.exit_code(required) == code_if_required);
}

CompareOptions cross() {
  CompareOptions options;
  options.cross = true;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_compare)

BOOST_AUTO_TEST_CASE(ratio_of_medians) {
  const Pair pair = only_pair(with_time(1000), with_time(1500));
  BOOST_TEST(pair.ratio.point == 1.5, tolerance(1e-12));
  BOOST_TEST(pair.ratio.lower < 1.5);
  BOOST_TEST(pair.ratio.upper > 1.5);
  BOOST_TEST(pair.ratio.lower > 1.49);
  BOOST_TEST(pair.ratio.upper < 1.51);
  BOOST_TEST(pair.name == some_case);
}

BOOST_AUTO_TEST_CASE(noise_widens_the_interval) {
  Baseline noisy = with_time(1000);
  noisy.benchmarks = {benchmark(some_case, "avx2", {{900}, {950}, {1000}, {1000}, {1050}, {1100}})};
  const Pair steady = only_pair(with_time(1000), with_time(1000));
  const Pair noise = only_pair(with_time(1000), noisy);
  BOOST_TEST(noise.ratio.upper - noise.ratio.lower > 10 * (steady.ratio.upper - steady.ratio.lower));
}

BOOST_AUTO_TEST_CASE(verdicts) {
  check_verdict(with_time(1000), with_time(1000), Verdict::pass, 0, 0);
  check_verdict(with_time(1000), with_time(1010), Verdict::slower, 0, 0);
  check_verdict(with_time(1010), with_time(1000), Verdict::faster, 0, 0);
  check_verdict(with_time(1000), with_time(1100), Verdict::regressed, 1, 1);
  check_verdict(with_time(1000), with_time(900), Verdict::improved, 0, 0);
}

BOOST_AUTO_TEST_CASE(noise_is_inconclusive) {
  Baseline noisy = with_time(1000);
  noisy.benchmarks = {benchmark(some_case, "avx2", {{700}, {800}, {1000}, {1000}, {1300}, {1500}})};
  check_verdict(with_time(1000), noisy, Verdict::inconclusive, 0, 2);
}

BOOST_AUTO_TEST_CASE(few_launches_are_inconclusive) {
  for (const double ns : {500.0, 1000.0, 2000.0}) {
    check_verdict(with_time(1000, 4), with_time(ns, 10), Verdict::inconclusive, 0, 2);
    check_verdict(with_time(1000, 10), with_time(ns, 4), Verdict::inconclusive, 0, 2);
    check_verdict(with_time(1000, 1), with_time(ns, 1), Verdict::inconclusive, 0, 2);
  }
  check_verdict(with_time(1000, 5), with_time(2000, 5), Verdict::regressed, 1, 1);
}

BOOST_AUTO_TEST_CASE(different_digests_come_first) {
  const Baseline a = with_time(1000);
  Baseline b = with_time(2000);
  b.benchmarks[0].output_digest = "xxh3:fedcba9876543210";
  for (const CompareOptions& options : {CompareOptions{}, cross()}) {
    const Comparison comparison = compare(a, b, options);
    BOOST_REQUIRE_EQUAL(comparison.digest_errors.size(), 1U);
    BOOST_TEST(comparison.digest_errors[0] == some_case);
    BOOST_TEST(comparison.exit_code(options) == 3);
  }
}

BOOST_AUTO_TEST_CASE(digests_are_the_same_on_every_arch) {
  Baseline a = with_time(1000);
  Baseline b = with_time(1000);
  b.benchmarks[0].arch = "simd128";
  BOOST_TEST(compare(a, b, cross()).digest_errors.empty());
  b.benchmarks[0].output_digest = "xxh3:fedcba9876543210";
  BOOST_TEST(compare(a, b, cross()).digest_errors.size() == 1U);
  // Within one side, too.
  a.benchmarks.push_back(a.benchmarks[0]);
  a.benchmarks[1].arch = "scalar";
  a.benchmarks[1].output_digest = "xxh3:0000000000000000";
  BOOST_TEST(compare(a, a, {}).digest_errors.size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_machine_is_refused) {
  const Baseline a = with_time(1000);
  Baseline b = with_time(1000);
  b.environment.fingerprint = "xxh3:0000000000000000";
  require_error([&] { compare(a, b, {}); }, ErrorCode::invalid_argument, {"--cross"});
  require_error([&] { compare(b, a, {}); }, ErrorCode::invalid_argument, {"--cross"});
  b.environment.fingerprint.reset();
  require_error([&] { compare(a, b, {}); }, ErrorCode::invalid_argument, {"--cross"});
  require_error([&] { compare(b, b, {}); }, ErrorCode::invalid_argument, {"--cross"});
  BOOST_TEST(compare(a, b, cross()).pairs.size() == 2U);
}

BOOST_AUTO_TEST_CASE(another_suite_is_refused) {
  const Baseline a = with_time(1000);
  std::vector<Baseline> others(4, a);
  others[0].suite.name = "default";
  others[1].suite.seed = 43;
  others[2].suite.weights = "xxh3:0000000000000000";
  others[3].suite.weights.reset();
  for (const Baseline& b : others) {
    require_error([&] { compare(a, b, {}); }, ErrorCode::invalid_argument, {"suite"});
    require_error([&] { compare(a, b, cross()); }, ErrorCode::invalid_argument, {"suite"});
  }
  Baseline more_launches = a;
  more_launches.suite.launches = 20;
  BOOST_TEST(compare(a, more_launches, {}).exit_code({}) == 0);
}

BOOST_AUTO_TEST_CASE(cases_of_one_side) {
  Baseline a = with_time(1000);
  Baseline b = a;
  a.benchmarks.push_back(benchmark("dequantize/tl2/1024", "avx2", steady_launches(10, 10)));
  b.benchmarks.push_back(benchmark(some_case, "scalar", steady_launches(9000, 10)));
  const Comparison comparison = compare(a, b, {});
  BOOST_TEST(comparison.pairs.size() == 1U);
  BOOST_TEST(comparison.only_a == std::vector<std::string>{"dequantize/tl2/1024, avx2"},
             boost::test_tools::per_element());
  BOOST_TEST(comparison.only_b == std::vector<std::string>{"quantize/i2_s/65536, scalar"},
             boost::test_tools::per_element());
  BOOST_TEST(comparison.exit_code({}) == 0);
  CompareOptions all;
  all.require_all = true;
  BOOST_TEST(comparison.exit_code(all) == 3);
  BOOST_TEST(compare(a, a, all).exit_code(all) == 0);
}

BOOST_AUTO_TEST_CASE(the_highest_exit_code_counts) {
  Baseline a = with_time(1000);
  a.benchmarks.push_back(benchmark(some_case, "ssse3", steady_launches(1000, 10)));
  a.benchmarks.push_back(benchmark(some_case, "scalar", steady_launches(9000, 2)));
  Baseline b = a;
  b.benchmarks[1] = benchmark(some_case, "ssse3", steady_launches(2000, 10));
  CompareOptions strict;
  strict.require_all = strict.require_verdict = true;
  BOOST_TEST(compare(a, b, strict).exit_code(strict) == 1);  // a regression, and one inconclusive
  b.benchmarks.erase(b.benchmarks.begin());
  BOOST_TEST(compare(a, b, strict).exit_code(strict) == 3);  // a missing case, and a regression
}

BOOST_AUTO_TEST_CASE(across_platforms) {
  Baseline native = baseline({benchmark(some_case, "scalar", {{9000}}), benchmark(some_case, "avx2", {{1000}})});
  Baseline page = baseline({benchmark(some_case, "scalar", {{9900}}), benchmark(some_case, "simd128", {{3000}})});
  page.environment.fingerprint.reset();
  const Comparison comparison = compare(native, page, cross());
  BOOST_REQUIRE_EQUAL(comparison.pairs.size(), 2U);
  const auto find = [&](bool fastest) {
    const auto& pairs = comparison.pairs;
    return *std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.fastest == fastest; });
  };
  const Pair fastest = find(true);
  BOOST_TEST(fastest.a->arch == "avx2");
  BOOST_TEST(fastest.b->arch == "simd128");
  BOOST_TEST(fastest.ratio.point == 3, tolerance(1e-12));
  const Pair equal = find(false);
  BOOST_TEST(equal.a->arch == "scalar");
  BOOST_TEST(equal.b->arch == "scalar");
  BOOST_TEST(equal.ratio.point == 1.1, tolerance(1e-12));
  // Both sides have the case; that they lack each other's archs is no gap.
  BOOST_TEST(comparison.only_a.empty());
  BOOST_TEST(comparison.only_b.empty());
  CompareOptions strict = cross();
  strict.require_all = strict.require_verdict = true;
  BOOST_TEST(comparison.exit_code(strict) == 0);  // information, never a gate
}

BOOST_AUTO_TEST_CASE(shares_are_of_each_sides_own_bandwidth) {
  Baseline a = with_time(10000, 1);
  Baseline b = a;
  a.calibration.bandwidth = {{1, 1, 100, 100, 100}};
  b.calibration.bandwidth = {{1, 1, 50, 50, 50}};
  const Pair pair = compare(a, b, cross()).pairs.front();
  const double a_ns = a.benchmarks[0].estimates.median.point;
  // 2 · 262144 bytes at 100 and at 50 GB/s.
  BOOST_TEST(pair.share_a.value() == 5242.88 / a_ns, tolerance(1e-12));
  BOOST_TEST(pair.share_b.value() == 10485.76 / a_ns, tolerance(1e-12));
  b.calibration.bandwidth.clear();
  BOOST_TEST(!compare(a, b, cross()).pairs.front().share_b.has_value());
}

BOOST_AUTO_TEST_CASE(intervals_widen_with_the_number_of_cases) {
  Baseline a = with_time(1000);
  Baseline b = with_time(1010);
  const Pair alone = only_pair(a, b);
  BOOST_TEST(alone.level == 0.95, tolerance(1e-12));
  for (const char* arch : {"ssse3", "scalar", "neon64"}) {
    const std::size_t launches = arch == std::string("neon64") ? 4 : 10;  // not judged: does not count
    a.benchmarks.push_back(benchmark(some_case, arch, steady_launches(1000, launches)));
    b.benchmarks.push_back(benchmark(some_case, arch, steady_launches(1010, launches)));
  }
  const Comparison comparison = compare(a, b, {});
  BOOST_TEST(comparison.judged == 3U);
  BOOST_TEST(comparison.pairs[0].level == 1 - 0.05 / 3, tolerance(1e-12));
  BOOST_TEST(comparison.pairs[0].ratio.upper > alone.ratio.upper);
  BOOST_TEST(comparison.pairs[0].ratio.point == alone.ratio.point);
  BOOST_TEST(comparison.pairs[3].level == 0.95);
}

BOOST_AUTO_TEST_CASE(welchs_interval_by_hand) {
  // Logarithms 0, 1 … 4 and 0, 2 … 8: means 2 and 4, variances 2.5 and 10, of the means 0.5 and 2; ν = 2.5²/(0.25/4 + 4/4).
  std::vector<std::vector<double>> narrow;
  std::vector<std::vector<double>> wide;
  for (int i = 0; i < 5; ++i) {
    narrow.push_back({std::exp(1.0 * i)});
    wide.push_back({std::exp(2.0 * i)});
  }
  const Baseline a = baseline({benchmark(some_case, "avx2", narrow)});
  const Baseline b = baseline({benchmark(some_case, "avx2", wide)});
  const Pair pair = only_pair(a, b);
  const double margin = student_t_quantile(6.25 / 1.0625, 0.025) * std::sqrt(2.5);
  BOOST_TEST(pair.ratio.point == std::exp(2.0), tolerance(1e-12));
  BOOST_TEST(pair.ratio.lower == std::exp(2 - margin), tolerance(1e-9));
  BOOST_TEST(pair.ratio.upper == std::exp(2 + margin), tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(minimum_effects) {
  const Baseline a = with_time(1000);
  const auto verdict = [&](double ns, const MinimumEffects& effects) {
    const Baseline b = with_time(ns);
    CompareOptions options;
    options.effects = effects;
    return name(compare(a, b, options).pairs.at(0).verdict);
  };
  BOOST_TEST(verdict(1030, {.otherwise = 0.02}) == "regressed");
  BOOST_TEST(verdict(1030, {.otherwise = 0.04}) == "slower within tolerance");
  BOOST_TEST(verdict(1030, {.otherwise = 0.005}) == "regressed");
  BOOST_TEST(verdict(970, {.otherwise = 0.02}) == "improved");
  BOOST_TEST(verdict(970, {.otherwise = 0.04}) == "faster within tolerance");
  const MinimumEffects by_case = parse_minimum_effects(R"({"^quantize/": 50, "i2_s": 10, "^gemv/": 1})", "x");
  BOOST_TEST(verdict(1090, by_case) == "slower within tolerance");
  BOOST_TEST(verdict(1110, by_case) == "regressed");
  BOOST_TEST(by_case.of("quantize/tl2/1024") == 0.5);
  BOOST_TEST(by_case.of("pack/tl2/640x2560") == 0.02);
}

BOOST_AUTO_TEST_CASE(minimum_effects_that_are_none) {
  for (const char* text : {"", "{", "[]", "3", R"({"a": 1} x)"}) {
    require_error([&] { parse_minimum_effects(text, "e.json"); }, ErrorCode::bad_file, {"e.json", "JSON object"});
  }
  for (const char* value : {"0", "-1", "101", "1e999", "\"2\"", "null"}) {
    const std::string text = std::string(R"({"^gemv/": )") + value + "}";
    require_error([&] { parse_minimum_effects(text, "e.json"); }, ErrorCode::bad_file, {"e.json"});
  }
  require_error([&] { parse_minimum_effects(R"({"^gemv/": 0})", "e.json"); }, ErrorCode::bad_file, {"\"^gemv/\""});
  require_error([&] { parse_minimum_effects(R"({"(": 2})", "e.json"); }, ErrorCode::bad_file,
                {"\"(\"", "regular expression"});
}

BOOST_AUTO_TEST_CASE(as_json) {
  const Baseline a = with_time(1000);
  const Baseline b = with_time(2000);
  const auto judged = nlohmann::json::parse(to_json(compare(a, b, {}), {}));
  BOOST_TEST(judged.at("cross").get<bool>() == false);
  BOOST_TEST(judged.at("pairs").at(0).at("case").get<std::string>() == some_case);
  BOOST_TEST(judged.at("pairs").at(0).at("verdict").get<std::string>() == "regressed");
  BOOST_TEST(judged.at("pairs").at(0).at("ratio").at("point_estimate").get<double>() == 2, tolerance(1e-12));
  const auto information = nlohmann::json::parse(to_json(compare(a, b, cross()), cross()));
  BOOST_TEST(information.at("pairs").at(0).contains("fastest"));
  BOOST_TEST(!information.at("pairs").at(0).contains("verdict"));
}

BOOST_AUTO_TEST_CASE(instructions_and_modules_are_shown_and_never_judged) {
  Baseline a = with_time(1000);
  Baseline b = with_time(1000);
  const auto figures = [&] { return nlohmann::json::parse(to_json(compare(a, b, {}), {})); };
  BOOST_TEST(!only_pair(a, b).instructions_ratio().has_value());
  BOOST_TEST(figures().at("pairs").at(0).at("instructions_ratio").is_null());
  BOOST_TEST(figures().at("pairs").at(0).at("a").at("counters").is_null());
  BOOST_TEST(figures().at("module_bytes").at("a").is_null());

  a.benchmarks[0].counters = EventCounts{1000, 300};
  a.build.module_bytes = 500000;
  BOOST_TEST(!only_pair(a, b).instructions_ratio().has_value());

  b.benchmarks[0].counters = EventCounts{3000, 300};
  b.build.module_bytes = 900000;
  BOOST_TEST(only_pair(a, b).instructions_ratio().value() == 3);
  const auto pair = figures().at("pairs").at(0);
  BOOST_TEST(pair.at("instructions_ratio").get<double>() == 3);
  BOOST_TEST(pair.at("b").at("counters").at("instructions").get<double>() == 3000);
  BOOST_TEST(pair.at("verdict").get<std::string>() == "pass");
  BOOST_TEST(figures().at("module_bytes").dump() == R"({"a":500000,"b":900000})");
  check_verdict(a, b, Verdict::pass, 0, 0);
}

BOOST_AUTO_TEST_SUITE_END()
