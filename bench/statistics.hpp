#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace trilane::bench {

/// A figure with its uncertainty; both are the bootstrap's.
struct Estimate {
  double point = 0;
  double standard_error = 0;
  double lower = 0;  ///< of the 95 % confidence interval
  double upper = 0;
};

inline constexpr double confidence_level = 0.95;

/// Nanoseconds an iteration, under Criterion's names.
struct Estimates {
  Estimate mean;
  Estimate median;
  Estimate std_dev;
  Estimate median_abs_dev;        ///< scaled by 1.4826: the standard deviation, if the samples were normal
  std::optional<Estimate> slope;  ///< of times over iterations, through the origin; none if iterations are constant
};

/// How many samples lie beyond Tukey's fences: 1.5 (mild) and 3 (severe) interquartile ranges from the quartiles.
struct Outliers {
  std::uint64_t low_severe = 0;
  std::uint64_t low_mild = 0;
  std::uint64_t high_mild = 0;
  std::uint64_t high_severe = 0;
};

/// The raw samples of one process or page: sample i took times_ns[i] for iterations[i] iterations.
struct Launch {
  std::vector<double> iterations;
  std::vector<double> times_ns;
};

/// The middle value, or the mean of the two middle values. `values` must not be empty.
double median(std::span<const double> values);

/// Estimates over the launches' medians, or over the samples of a single launch. Deterministic: the bootstrap's random
/// numbers have a fixed seed.
Estimates estimate(std::span<const Launch> launches);

/// The time of an iteration in the fastest sample.
double fastest_ns(const Launch& launch);

/// The median time of an iteration, launch by launch.
std::vector<double> launch_medians(std::span<const Launch> launches);

/// Over all samples.
Outliers find_outliers(std::span<const Launch> launches);

}  // namespace trilane::bench
