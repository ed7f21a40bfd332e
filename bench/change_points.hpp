#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "bench/statistics.hpp"

// Steps and drift in a series of times. docs/store.md gives the method in words.

namespace trilane::bench {

/// From point `first` on, times are so many times what they were; ratio is of the segments on both sides, with its 95 %
/// interval.
struct ChangePoint {
  std::size_t first = 0;
  Estimate ratio;
};

/// The series moves all along.
struct Drift {
  Estimate total;        ///< last over first, along the line, with its 95 % interval
  double per_point = 0;  ///< the logarithm of the ratio of neighbours
};

struct Changes {
  std::vector<ChangePoint> steps;
  std::optional<Drift> drift;  ///< then there are no steps
};

struct ChangeOptions {
  double level = 0.05;           ///< the probability of any finding in a series that does not change
  double minimum_effect = 0.02;  ///< a step or a total drift within 1/(1 + e) … 1 + e does not count
};

/// The fewest points that are looked at, and the fewest on each side of a step: fewer are outliers.
inline constexpr std::size_t least_points = 6;
inline constexpr std::size_t least_segment = 5;

/// Finds changes in series of logarithms of times whose points are independent draws. Both tests use ranks alone, so that
/// their rate of false alarms holds for any distribution, heavy tails included; each has half of the level.
///
/// Steps: binary segmentation. With zᵢ = Φ⁻¹(rank/(n + 1)) (van der Waerden's scores; equals share the mean of theirs),
/// S = Σ zᵢ² and Z_k = z₁ + … + z_k, a split behind k explains the share R_k = n·Z_k²/(k·(n − k)·S) of their variance. The
/// statistic is the largest R_k over the k that leave least_segment points on both sides; or, if larger, the share that is
/// explained by the part between the extremes of Z against all before and behind it, so that what went up and came back
/// is found, too. Its p-value is that of random permutations, (1 + as large)/(1 + drawn) of up to 50/level: an exact test,
/// whatever the statistic. If it is significant, all parts are searched likewise. Of several cuts each must also be
/// significant (1 %) within its two neighbours. The ratio of neighbouring segments is Hodges and Lehmann's, the median of all
/// differences, with the interval of the rank sum test; the smallest step goes first, until none is within the minimum effect.
///
/// Drift: Mann and Kendall's test, by its exact distribution (equals count as neither, which makes it only rarer); the line is
/// Theil's and Sen's median slope with Sen's interval. Where there are steps too, the lower of Σ min(r/s, 2.5)² + p·ln n
/// decides: r are the residuals, s is 1.4826 times the smaller of the two median |r|, p is 2 for a line and 2·steps + 1.
class ChangeFinder {
 public:
  explicit ChangeFinder(const ChangeOptions& options) : options_(options) {}

  /// Of at least least_points points; else nothing is found.
  Changes find(std::span<const double> logs);

 private:
  bool is_significant(const std::vector<double>& scores, double statistic, double level);
  std::vector<double> scores_of(std::span<const double> logs);
  void split(std::span<const double> logs, std::size_t offset, std::vector<std::size_t>& cuts);
  void drop_doubtful(std::span<const double> logs, std::vector<std::size_t>& cuts);
  std::optional<Drift> find_drift(std::span<const double> logs);

  ChangeOptions options_;
  std::map<std::vector<double>, std::vector<double>> drawn_;  // statistics under permutation, by sorted scores
  std::map<std::vector<double>, std::uint64_t> seeds_;        // where the next draw begins
  std::map<std::size_t, std::vector<double>> normal_scores_;  // by points
  std::map<std::size_t, std::vector<double>> inversions_;     // their distribution, by points
};

}  // namespace trilane::bench
