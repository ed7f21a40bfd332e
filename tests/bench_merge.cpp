// What merge.hpp says: launches one after the other, everything that follows from them anew, refusals that say what differs.

#include "bench/merge.hpp"

#include <array>

#include "bench/calibration.hpp"
#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;

namespace {

constexpr const char* first_case = "quantize/i2_s/65536";
constexpr const char* second_case = "dequantize/tl2/1024";

/// One launch of two cases.
Baseline launch_of(double ns) {
  return baseline({benchmark(first_case, "avx2", {{ns, ns + 1, ns + 2}}), benchmark(second_case, "avx2", {{2 * ns}})});
}

void require_refused(const Baseline& other, const char* what) {
  require_error(
      [&] {
        merge(std::array{launch_of(1000), launch_of(1000), other});
      },
      ErrorCode::invalid_argument, {"baseline 3", what});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_merge)

BOOST_AUTO_TEST_CASE(launches_stand_one_after_the_other) {
  const std::array launches{launch_of(1000), launch_of(3000), launch_of(2000)};
  const Baseline merged = merge(launches);
  BOOST_TEST(merged.suite.launches == 3U);
  BOOST_REQUIRE_EQUAL(merged.benchmarks.size(), 2U);
  const Benchmark& benchmark = merged.benchmarks[0];
  BOOST_TEST(benchmark.name == first_case);
  BOOST_REQUIRE_EQUAL(benchmark.launches.size(), 3U);
  for (std::size_t i = 0; i < launches.size(); ++i) {
    BOOST_TEST(benchmark.launches[i].times_ns == launches[i].benchmarks[0].launches[0].times_ns,
               boost::test_tools::per_element());
    BOOST_TEST(benchmark.launches[i].iterations == launches[i].benchmarks[0].launches[0].iterations,
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(estimates_are_over_the_launches_medians) {
  const Baseline merged = merge(std::array{launch_of(1000), launch_of(3000), launch_of(2000)});
  const Estimates& estimates = merged.benchmarks[0].estimates;
  BOOST_TEST(estimates.median.point == 2001);  // of 1001, 3001, 2001
  BOOST_TEST(estimates.mean.point == 2001);
  BOOST_TEST(estimates.median.lower == 1001);
  BOOST_TEST(estimates.median.upper == 3001);
  BOOST_TEST(!estimates.slope.has_value());
}

BOOST_AUTO_TEST_CASE(outliers_are_counted_over_all_samples) {
  Baseline with_outlier = launch_of(1000);
  with_outlier.benchmarks[0] = benchmark(first_case, "avx2", {{1000, 1001, 1002, 9000}});
  const Baseline merged = merge(std::array{launch_of(1000), with_outlier, launch_of(1000)});
  BOOST_TEST(merged.benchmarks[0].outliers.high_severe == 1U);
  BOOST_TEST(merged.benchmarks[1].outliers.high_severe == 0U);
}

BOOST_AUTO_TEST_CASE(one_alone_stays_what_it_is) {
  const Baseline one = launch_of(1000);
  Baseline expected = one;
  for (Benchmark& benchmark : expected.benchmarks) benchmark.roofline = roofline_of(one.calibration, benchmark);
  BOOST_TEST(to_json(merge(std::array{one})) == to_json(expected));
  require_error([] { merge({}); }, ErrorCode::invalid_argument, {"no baseline"});
}

BOOST_AUTO_TEST_CASE(several_launches_a_side_add_up) {
  const Baseline two = merge(std::array{launch_of(1000), launch_of(1001)});
  const Baseline merged = merge(std::array{two, launch_of(1002), two});
  BOOST_TEST(merged.suite.launches == 5U);
  BOOST_TEST(merged.benchmarks[1].launches.size() == 5U);
}

BOOST_AUTO_TEST_CASE(the_order_of_cases_does_not_matter) {
  Baseline turned = launch_of(3000);
  std::swap(turned.benchmarks[0], turned.benchmarks[1]);
  const Baseline merged = merge(std::array{launch_of(1000), turned});
  BOOST_TEST(merged.benchmarks[0].name == first_case);
  BOOST_TEST(merged.benchmarks[0].estimates.median.point == 2001);
  BOOST_TEST(merged.benchmarks[1].estimates.median.point == 4000);
}

BOOST_AUTO_TEST_CASE(the_calibration_is_the_best_of_each_point) {
  Baseline other = launch_of(1000);
  other.calibration.bandwidth[0].read_gb_per_s = 250;  // was 200
  other.calibration.bandwidth[0].fill_gb_per_s = 50;   // was 100
  other.calibration.int8_mac[1].gmac_per_s = 400;      // was 300.5
  other.calibration.int8_mac[0].gmac_per_s = 5;        // was 7
  other.environment.timer_resolution_ns = 20000;
  const Baseline merged = merge(std::array{launch_of(1000), other, launch_of(1000)});
  BOOST_TEST(merged.calibration.bandwidth[0].read_gb_per_s == 250);
  BOOST_TEST(merged.calibration.bandwidth[0].fill_gb_per_s == 100);
  BOOST_TEST(merged.calibration.int8_mac[1].gmac_per_s == 400);
  BOOST_TEST(merged.calibration.int8_mac[0].gmac_per_s == 7);
  BOOST_TEST(merged.environment.timer_resolution_ns == 20000);
  const Benchmark& benchmark = merged.benchmarks[1];
  BOOST_REQUIRE(benchmark.roofline.has_value());
  BOOST_TEST(benchmark.roofline->bandwidth_ns == roofline_of(merged.calibration, benchmark).bandwidth_ns);

  other.calibration.bandwidth[0].working_set = 12345;
  require_error([&] { merge(std::array{launch_of(1000), other}); }, ErrorCode::invalid_argument, {"working sets"});
  other = launch_of(1000);
  other.calibration.int8_mac[0].arch = "ssse3";
  require_error([&] { merge(std::array{launch_of(1000), other}); }, ErrorCode::invalid_argument, {"archs"});
}

BOOST_AUTO_TEST_CASE(the_tier_is_what_all_agree_on) {
  const auto merged_tier = [](const char* a, const char* b) {
    std::array launches{launch_of(1000), launch_of(1000)};
    launches[0].benchmarks[0].compiled = a;
    launches[1].benchmarks[0].compiled = b;
    return merge(launches).benchmarks[0].compiled;
  };
  BOOST_TEST(merged_tier("optimizing", "optimizing") == "optimizing");
  BOOST_TEST(merged_tier("optimizing", "baseline") == "baseline");
  BOOST_TEST(merged_tier("baseline", "unknown") == "baseline");
  BOOST_TEST(merged_tier("unknown", "optimizing") == "unknown");
}

BOOST_AUTO_TEST_CASE(counts_are_the_least_of_the_launches_that_have_them) {
  using Counts = std::optional<EventCounts>;
  const auto merged_counts = [](const Counts& a, const Counts& b, const Counts& c) {
    std::array launches{launch_of(1000), launch_of(1000), launch_of(1000)};
    launches[0].benchmarks[0].counters = a;
    launches[1].benchmarks[0].counters = b;
    launches[2].benchmarks[0].counters = c;
    const Baseline merged = merge(launches);
    BOOST_TEST(!merged.benchmarks[1].counters.has_value());
    return merged.benchmarks[0].counters;
  };
  BOOST_TEST((merged_counts({{50, 20}}, {{40, 30}}, {{60, 10}}) == EventCounts{40, 10}));
  BOOST_TEST((merged_counts({}, {{40, 30}}, {{30, 40}}) == EventCounts{30, 30}));
  BOOST_TEST((merged_counts({{40, 30}}, {}, {}) == EventCounts{40, 30}));
  BOOST_TEST(!merged_counts({}, {}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(another_build_place_or_suite_is_refused) {
  const auto with = [](const auto& change) {
    Baseline other = launch_of(1000);
    change(other);
    return other;
  };
  require_refused(with([](Baseline& b) { b.build.commit = "fedcba"; }), "build");
  require_refused(with([](Baseline& b) { b.build.dirty = false; }), "build");
  require_refused(with([](Baseline& b) { b.build.module_bytes = 1; }), "build");
  require_refused(with([](Baseline& b) { b.environment.fingerprint.reset(); }), "environment");
  require_refused(with([](Baseline& b) { b.environment.engine->version = "121.0"; }), "environment");
  require_refused(with([](Baseline& b) { b.environment.cross_origin_isolated = false; }), "environment");
  require_refused(with([](Baseline& b) { b.environment.cpu.logical_cores = 4; }), "environment");
  require_refused(with([](Baseline& b) { b.suite.seed = 43; }), "suite");
  require_refused(with([](Baseline& b) { b.suite.weights.reset(); }), "suite");
}

BOOST_AUTO_TEST_CASE(a_missing_case_is_refused) {
  Baseline fewer = launch_of(1000);
  fewer.benchmarks.pop_back();
  require_refused(fewer, "dequantize/tl2/1024, avx2");
  require_error(
      [&] {
        merge(std::array{fewer, launch_of(1000)});
      },
      ErrorCode::invalid_argument, {"baseline 1 lacks", "dequantize/tl2/1024, avx2"});
}

BOOST_AUTO_TEST_CASE(another_output_is_an_error) {
  Baseline wrong = launch_of(1000);
  wrong.benchmarks[1].output_digest = "xxh3:fedcba9876543210";
  require_error(
      [&] {
        merge(std::array{launch_of(1000), wrong});
      },
      ErrorCode::corrupt_data, {"dequantize/tl2/1024, avx2", "xxh3:fedcba9876543210"});
}

BOOST_AUTO_TEST_CASE(tiers) {
  Baseline one = launch_of(1000);
  set_tiers(one, {{{first_case, "avx2"}, "optimizing"}});
  BOOST_TEST(one.benchmarks[0].compiled == "optimizing");
  BOOST_TEST(one.benchmarks[1].compiled == "ahead-of-time");
  require_error(
      [&] {
        set_tiers(one, {{{first_case, "ssse3"}, "optimizing"}});
      },
      ErrorCode::invalid_argument, {first_case, "ssse3"});
  require_error([&] { set_tiers(one, {{{first_case, "avx2"}, "quick"}}); }, ErrorCode::invalid_argument, {"quick"});
}

BOOST_AUTO_TEST_SUITE_END()
