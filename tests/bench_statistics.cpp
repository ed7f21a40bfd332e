// What statistics.hpp says, against values worked out by hand and against samples whose truth is known.

#include "bench/statistics.hpp"

#include <cmath>

#include "bench/seeded_weights.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using boost::test_tools::tolerance;

namespace {

constexpr double rounding = 1e-12;

Launch launch(std::vector<double> times) {
  std::vector<double> ones(times.size(), 1);
  return {std::move(ones), std::move(times)};
}

std::vector<Estimate> all_of(const Estimates& estimates) {
  std::vector<Estimate> all{estimates.mean, estimates.median, estimates.std_dev, estimates.median_abs_dev};
  if (estimates.slope) all.push_back(*estimates.slope);
  return all;
}

void check_same(const Estimates& is, const Estimates& wanted) {
  const auto values = [](const Estimates& estimates) {
    std::vector<double> list;
    for (const Estimate& e : all_of(estimates)) list.insert(list.end(), {e.point, e.standard_error, e.lower, e.upper});
    return list;
  };
  BOOST_TEST(values(is) == values(wanted), boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_statistics)

BOOST_AUTO_TEST_CASE(middle_values) {
  BOOST_TEST(median(std::vector<double>{7}) == 7);
  BOOST_TEST(median(std::vector<double>{9, 1}) == 5);
  BOOST_TEST(median(std::vector<double>{9, 1, 2}) == 2);
  BOOST_TEST(median(std::vector<double>{4, 1, 3, 100}) == 3.5);
}

BOOST_AUTO_TEST_CASE(points_by_hand) {
  // Mean 4, median 3; squared distances 9 + 4 + 1 + 0 + 36 = 50, over 4; distances from 3: 2, 1, 0, 1, 7.
  const std::vector<Launch> launches{launch({1, 2, 3, 4, 10})};
  const Estimates estimates = estimate(launches);
  BOOST_TEST(estimates.mean.point == 4, tolerance(rounding));
  BOOST_TEST(estimates.median.point == 3);
  BOOST_TEST(estimates.std_dev.point == std::sqrt(12.5), tolerance(rounding));
  BOOST_TEST(estimates.median_abs_dev.point == 1.4826, tolerance(rounding));
  BOOST_TEST(!estimates.slope.has_value());
}

BOOST_AUTO_TEST_CASE(times_are_totals_of_their_iterations) {
  const std::vector<Launch> launches{{{1, 2, 4, 8}, {10, 20, 40, 80}}};
  const Estimates estimates = estimate(launches);
  for (const Estimate& estimate : {estimates.mean, estimates.median, estimates.slope.value()}) {
    BOOST_TEST(estimate.point == 10, tolerance(rounding));
    BOOST_TEST(estimate.standard_error < rounding);
    BOOST_TEST(estimate.lower == 10, tolerance(rounding));
    BOOST_TEST(estimate.upper == 10, tolerance(rounding));
  }
  BOOST_TEST(estimates.std_dev.point < rounding);
  BOOST_TEST(estimates.median_abs_dev.point < rounding);
}

BOOST_AUTO_TEST_CASE(slope_weighs_long_samples) {
  // (1·20 + 2·20) / (1 + 4) = 12, where the mean is 15.
  const std::vector<Launch> launches{{{1, 2}, {20, 20}}};
  const Estimates estimates = estimate(launches);
  BOOST_TEST(estimates.slope.value().point == 12, tolerance(rounding));
  BOOST_TEST(estimates.mean.point == 15, tolerance(rounding));
}

BOOST_AUTO_TEST_CASE(several_launches_count_as_their_medians) {
  // Medians 2, 5, 50: the samples within a launch no longer matter.
  const std::vector<Launch> launches{launch({1, 2, 900}), {{1, 2, 3}, {5, 10, 15}}, launch({50})};
  const Estimates estimates = estimate(launches);
  BOOST_TEST(estimates.mean.point == 19, tolerance(rounding));
  BOOST_TEST(estimates.median.point == 5, tolerance(rounding));
  BOOST_TEST(!estimates.slope.has_value());
  check_same(estimates, estimate(std::vector<Launch>{launch({2, 5, 50})}));
}

BOOST_AUTO_TEST_CASE(one_sample) {
  const Estimates estimates = estimate(std::vector<Launch>{launch({7})});
  BOOST_TEST(estimates.median.point == 7);
  for (const Estimate& estimate : all_of(estimates)) {
    BOOST_TEST(estimate.standard_error == 0);
    BOOST_TEST(estimate.lower == estimate.point);
    BOOST_TEST(estimate.upper == estimate.point);
  }
}

BOOST_AUTO_TEST_CASE(same_samples_same_intervals) {
  const std::vector<Launch> launches{{{1, 2, 3, 4, 5}, {11, 19, 33, 39, 52}}};
  check_same(estimate(launches), estimate(launches));
}

BOOST_AUTO_TEST_CASE(standard_error_of_the_mean) {
  // Nearly normal samples with deviation d: the mean's is d / √n, the median's 1.25 times that.
  constexpr std::size_t n = 400;
  std::vector<float> noise(n);
  fill_seeded(noise, 1);
  const Estimates estimates = estimate(std::vector<Launch>{launch({noise.begin(), noise.end()})});
  const double expected = estimates.std_dev.point / std::sqrt(static_cast<double>(n));
  BOOST_TEST(estimates.mean.standard_error == expected, tolerance(0.1));
  BOOST_TEST(estimates.median.standard_error == 1.2533 * expected, tolerance(0.3));
  BOOST_TEST(estimates.median_abs_dev.point == estimates.std_dev.point, tolerance(0.1));
}

BOOST_AUTO_TEST_CASE(intervals_cover_the_truth) {
  // 95 % intervals of 50 samples around 100: they miss now and then, neither never nor often.
  constexpr int experiments = 200;
  int mean_covered = 0;
  int median_covered = 0;
  for (int seed = 0; seed < experiments; ++seed) {
    std::vector<float> noise(50);
    fill_seeded(noise, static_cast<std::uint64_t>(seed));
    std::vector<double> times;
    for (const float value : noise) times.push_back(100 + static_cast<double>(value));
    const Estimates estimates = estimate(std::vector<Launch>{launch(times)});
    const auto covers = [](const Estimate& e) { return e.lower <= 100 && 100 <= e.upper; };
    mean_covered += covers(estimates.mean) ? 1 : 0;
    median_covered += covers(estimates.median) ? 1 : 0;
  }
  BOOST_TEST(mean_covered >= 180);
  BOOST_TEST(mean_covered < experiments);
  BOOST_TEST(median_covered >= 180);
  BOOST_TEST(median_covered < experiments);
}

BOOST_AUTO_TEST_CASE(tukeys_fences) {
  // The quartiles of 9 values are the third and the seventh, 10 and 16: fences at 1 and 25, severe ones at -8 and 34.
  const Outliers outliers = find_outliers(std::vector<Launch>{launch({1, 16, 10, 11, 12, 13, 25, 34, -8})});
  BOOST_TEST(outliers.low_severe == 0U);
  BOOST_TEST(outliers.low_mild == 1U);   // -8; 1 lies on the fence
  BOOST_TEST(outliers.high_mild == 1U);  // 34; 25 lies on the fence
  BOOST_TEST(outliers.high_severe == 0U);
  const Outliers beyond = find_outliers(std::vector<Launch>{launch({1, 16, 10, 11, 12}), launch({13, 25, 35, -9})});
  BOOST_TEST(beyond.low_severe == 1U);
  BOOST_TEST(beyond.low_mild == 0U);
  BOOST_TEST(beyond.high_mild == 0U);
  BOOST_TEST(beyond.high_severe == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
