#include "bench/noise.hpp"

#include <cmath>

#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;

namespace {

const auto close_to = boost::test_tools::tolerance(1e-4);

SelfVerdict verdict(Verdict what, double detectable, std::uint64_t pairs = 10) {
  return {"gemv/a", "avx2", what, pairs, 1, detectable};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_noise)

BOOST_AUTO_TEST_CASE(binomial_intervals_are_clopper_and_pearsons) {
  // Without a hit: 1 − 0.025^(1/n). The others from tables.
  BOOST_TEST(binomial_interval(0, 10).lower == 0);
  BOOST_TEST(binomial_interval(0, 10).upper == 0.308498, close_to);
  BOOST_TEST(binomial_interval(5, 10).lower == 0.187086, close_to);
  BOOST_TEST(binomial_interval(5, 10).upper == 0.812914, close_to);
  BOOST_TEST(binomial_interval(10, 10).lower == 0.691502, close_to);
  BOOST_TEST(binomial_interval(10, 10).upper == 1);
  BOOST_TEST(binomial_interval(0, 1000).upper == 0.0036821, close_to);
  BOOST_TEST(binomial_interval(std::uint64_t{1} << 52U, std::uint64_t{1} << 53U).lower < 0.51);  // and it ends
  BOOST_TEST(binomial_interval(0, 0).lower == 0);
  BOOST_TEST(binomial_interval(0, 0).upper == 1);
}

BOOST_AUTO_TEST_CASE(figures_count_what_they_say) {
  std::vector<SelfVerdict> verdicts;
  for (int i = 1; i <= 8; ++i) verdicts.push_back(verdict(Verdict::pass, 0.01 * i));
  verdicts.push_back(verdict(Verdict::regressed, 0.09));
  verdicts.push_back(verdict(Verdict::improved, 0.10));
  verdicts.push_back(verdict(Verdict::inconclusive, 0.11));
  verdicts.push_back(verdict(Verdict::inconclusive, 0, 4));  // too few pairs: not judged, so it does not count
  const Noise noise = noise_of(verdicts);
  BOOST_TEST(noise.verdicts == 11U);
  BOOST_TEST(noise.alarms == 2U);
  BOOST_TEST(noise.inconclusive == 1U);
  BOOST_TEST(noise.detectable == 0.06, close_to);
  BOOST_TEST(noise.detectable_worst == 0.10, close_to);
}

BOOST_AUTO_TEST_CASE(a_wider_interval_detects_less) {
  const Benchmark five = test::benchmark("gemv/a", "avx2", test::steady_launches(1000, 5));
  Pair pair;
  pair.a = pair.b = &five;
  pair.minimum_effect = 0.02;
  pair.ratio = {1, 0.001, 0.99, 1 / 0.99};
  // (1 + e)·exp(w + z·s) with w = −ln 0.99
  BOOST_TEST(detectable_effect(pair) == 1.02 / 0.99 * std::exp(1.644854 * 0.001) - 1, close_to);
  const double narrow = detectable_effect(pair);
  pair.ratio = {1, 0.01, 0.9, 1 / 0.9};
  BOOST_TEST(detectable_effect(pair) > narrow);
  const Benchmark four = test::benchmark("gemv/a", "avx2", test::steady_launches(1000, 4));
  pair.b = &four;
  BOOST_TEST(detectable_effect(pair) == 0);
}

BOOST_AUTO_TEST_CASE(a_baseline_keeps_the_figures) {
  Baseline baseline = test::baseline({test::benchmark("gemv/a", "avx2", test::steady_launches(1000, 5))});
  BOOST_TEST(to_json(baseline).find("\"noise\"") == std::string::npos);
  baseline.noise = Noise{1040, 2, 30, 0.031, 0.052};
  const std::string text = to_json(baseline);
  const Baseline read = parse_baseline(text, "x.json");
  BOOST_REQUIRE(read.noise.has_value());
  BOOST_TEST(read.noise->verdicts == 1040U);
  BOOST_TEST(read.noise->detectable_worst == 0.052);
  BOOST_TEST(to_json(read) == text);
  baseline.noise->alarms = 2000;
  test::require_error([&] { (void)parse_baseline(to_json(baseline), "x.json"); }, ErrorCode::bad_file,
                      {"x.json: /noise/alarms", "more than there are verdicts"});
}

BOOST_AUTO_TEST_SUITE_END()
