#include "bench/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/seeded_weights.hpp"

namespace trilane::bench {

namespace {

constexpr int resamples = 2000;
constexpr std::uint64_t bootstrap_seed = 42;

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Of a sample: divided by n − 1; 0 for a single value.
double std_dev_of(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double median_abs_dev_of(std::span<const double> values) {
  constexpr double to_std_dev = 1.4826;
  const double middle = median(values);
  std::vector<double> distances(values.begin(), values.end());
  for (double& distance : distances) distance = std::abs(distance - middle);
  return to_std_dev * median(distances);
}

/// Least squares through the origin: Σ xy / Σ x².
double slope_of(const Launch& launch, std::span<const std::size_t> picks) {
  double xy = 0;
  double xx = 0;
  for (const std::size_t i : picks) {
    xy += launch.iterations[i] * launch.times_ns[i];
    xx += launch.iterations[i] * launch.iterations[i];
  }
  return xy / xx;
}

/// The value at `rank` (0 … 1) of sorted values, interpolated.
double quantile(std::span<const double> sorted, double rank) {
  const double position = rank * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// The percentile bootstrap's interval around `point`.
Estimate from_resampled(double point, std::vector<double>& resampled) {
  std::sort(resampled.begin(), resampled.end());
  constexpr double tail = (1 - confidence_level) / 2;
  return {point, std_dev_of(resampled), quantile(resampled, tail), quantile(resampled, 1 - tail)};
}

std::vector<double> per_iteration(const Launch& launch) {
  std::vector<double> values(launch.times_ns.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = launch.times_ns[i] / launch.iterations[i];
  return values;
}

bool constant(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; });
}

}  // namespace

double median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const std::size_t middle = copy.size() / 2;
  const auto at = copy.begin() + static_cast<std::ptrdiff_t>(middle);
  std::nth_element(copy.begin(), at, copy.end());
  if (copy.size() % 2 == 1) return copy[middle];
  return (copy[middle] + *std::max_element(copy.begin(), at)) / 2;
}

double fastest_ns(const Launch& launch) { return std::ranges::min(per_iteration(launch)); }

std::vector<double> launch_medians(std::span<const Launch> launches) {
  std::vector<double> medians;
  medians.reserve(launches.size());
  for (const Launch& launch : launches) medians.push_back(median(per_iteration(launch)));
  return medians;
}

Estimates estimate(std::span<const Launch> launches) {
  const std::vector<double> values = launches.size() == 1 ? per_iteration(launches[0]) : launch_medians(launches);
  const bool with_slope = launches.size() == 1 && !constant(launches[0].iterations);

  SplitMix64 random(bootstrap_seed);
  std::vector<std::size_t> picks(values.size());
  std::vector<double> picked(values.size());
  std::vector<double> means;
  std::vector<double> medians;
  std::vector<double> std_devs;
  std::vector<double> median_abs_devs;
  std::vector<double> slopes;
  for (int round = 0; round < resamples; ++round) {
    for (std::size_t i = 0; i < picks.size(); ++i) {
      picks[i] = static_cast<std::size_t>(random.next() % values.size());
      picked[i] = values[picks[i]];
    }
    means.push_back(mean_of(picked));
    medians.push_back(median(picked));
    std_devs.push_back(std_dev_of(picked));
    median_abs_devs.push_back(median_abs_dev_of(picked));
    if (with_slope) slopes.push_back(slope_of(launches[0], picks));
  }
  std::iota(picks.begin(), picks.end(), std::size_t{0});
  Estimates estimates;
  estimates.mean = from_resampled(mean_of(values), means);
  estimates.median = from_resampled(median(values), medians);
  estimates.std_dev = from_resampled(std_dev_of(values), std_devs);
  estimates.median_abs_dev = from_resampled(median_abs_dev_of(values), median_abs_devs);
  if (with_slope) estimates.slope = from_resampled(slope_of(launches[0], picks), slopes);
  return estimates;
}

Outliers find_outliers(std::span<const Launch> launches) {
  std::vector<double> sorted;
  for (const Launch& launch : launches) {
    for (const double value : per_iteration(launch)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  constexpr double mild = 1.5;
  constexpr double severe = 3;
  const double first = quantile(sorted, 0.25);
  const double third = quantile(sorted, 0.75);
  const double range = third - first;
  Outliers outliers;
  for (const double value : sorted) {
    if (value < first - severe * range) {
      ++outliers.low_severe;
    } else if (value < first - mild * range) {
      ++outliers.low_mild;
    } else if (value > third + severe * range) {
      ++outliers.high_severe;
    } else if (value > third + mild * range) {
      ++outliers.high_mild;
    }
  }
  return outliers;
}

}  // namespace trilane::bench
