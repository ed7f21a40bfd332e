#include "bench/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "bench/seeded_weights.hpp"

namespace trilane::bench {

namespace {

constexpr double z95 = 1.959964;

/// Φ⁻¹ for 0 < p < 1, by halving: erfc has all the digits.
double normal_quantile(double p) {
  double low = -40;
  double high = 40;
  for (int i = 0; i < 70; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::numbers::sqrt2) / 2 < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// Equals share the mean of their scores.
std::vector<double> share_ties(std::span<const double> values, const std::vector<double>& by_rank) {
  const std::size_t count = values.size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> scores(count);
  for (std::size_t begin = 0; begin < count;) {
    std::size_t end = begin;
    double sum = 0;
    for (; end < count && values[order[end]] == values[order[begin]]; ++end) sum += by_rank[end];
    for (std::size_t rank = begin; rank < end; ++rank) scores[order[rank]] = sum / static_cast<double>(end - begin);
    begin = end;
  }
  return scores;
}

/// Z²/(k·(n − k)) of k scores whose sum is Z: the share R without the factors that all splits have in common.
double statistic_of(double sum, std::size_t k, std::size_t count) {
  return sum * sum / static_cast<double>(k * (count - k));
}

struct Split {
  double statistic = 0;
  std::size_t first = 0;   ///< the cut, or the first of two
  std::size_t second = 0;  ///< 0 if there is one
};

/// The best cut in two, or if it is better, in three: around the part between the extremes of the running sum.
Split best_split(std::span<const double> scores) {
  const std::size_t count = scores.size();
  Split best;
  double sum = 0;
  double lowest = 0;
  double highest = 0;
  std::size_t at_lowest = 0;
  std::size_t at_highest = 0;
  for (std::size_t k = 1; k < count; ++k) {
    sum += scores[k - 1];
    if (sum < lowest) {
      lowest = sum;
      at_lowest = k;
    }
    if (sum > highest) {
      highest = sum;
      at_highest = k;
    }
    if (k < least_segment || k + least_segment > count) continue;
    const double statistic = statistic_of(sum, k, count);
    if (statistic > best.statistic) best = {statistic, k, 0};
  }
  const std::size_t begin = std::min(at_lowest, at_highest);
  const std::size_t end = std::max(at_lowest, at_highest);
  if (begin < least_segment || end - begin < least_segment || count - end < least_segment) return best;
  const double statistic = statistic_of(highest - lowest, end - begin, count);
  return statistic > best.statistic ? Split{statistic, begin, end} : best;
}

/// Hodges and Lehmann's shift from a to b, with the interval of the rank sum test.
Estimate shift(std::span<const double> a, std::span<const double> b) {
  std::vector<double> differences;
  differences.reserve(a.size() * b.size());
  for (const double from : a) {
    for (const double to : b) differences.push_back(to - from);
  }
  std::ranges::sort(differences);
  const auto pairs = static_cast<double>(differences.size());
  const double deviation = std::sqrt(pairs * static_cast<double>(a.size() + b.size() + 1) / 12);
  const auto outside = static_cast<std::size_t>(std::max(0.0, std::floor(pairs / 2 - z95 * deviation)));
  const double point = median(differences);
  return {point, 0, differences[outside], differences[differences.size() - 1 - outside]};
}

/// As a ratio; the standard error is what a normal interval of this width would have.
Estimate as_ratio(const Estimate& log) {
  const double ratio = std::exp(log.point);
  return {ratio, ratio * (log.upper - log.lower) / (2 * z95), std::exp(log.lower), std::exp(log.upper)};
}

void add_residuals(std::vector<double>& residuals, std::span<const double> values) {
  const double middle = median(values);
  for (const double value : values) residuals.push_back(std::abs(value - middle));
}

/// Σ min(r/s, 2.5)² + p·ln n: normal likelihood with BIC's price of p parameters; an outlier weighs the same wherever it lies.
double cost(const std::vector<double>& residuals, double scale, std::size_t parameters) {
  constexpr double outlier = 2.5;
  double sum = static_cast<double>(parameters) * std::log(static_cast<double>(residuals.size()));
  for (const double one : residuals) {
    const double scaled = std::min(one / scale, outlier);
    sum += scaled * scaled;
  }
  return sum;
}

/// The probabilities of 0, 1, … inversions in a random permutation of `count`.
std::vector<double> inversion_distribution(std::size_t count) {
  std::vector<double> probabilities{1};
  for (std::size_t n = 2; n <= count; ++n) {
    // The n-th adds 0 … n − 1 inversions, each with probability 1/n.
    std::vector<double> next(probabilities.size() + n - 1);
    double window = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      if (i < probabilities.size()) window += probabilities[i];
      if (i >= n) window -= probabilities[i - n];
      next[i] = std::max(window, 0.0) / static_cast<double>(n);
    }
    probabilities = std::move(next);
  }
  return probabilities;
}

}  // namespace

bool ChangeFinder::is_significant(const std::vector<double>& scores, double statistic, double level) {
  if (statistic <= 0) return false;
  std::vector<double> sorted = scores;
  std::ranges::sort(sorted);
  std::vector<double>& drawn = drawn_[sorted];
  std::uint64_t& seed = seeds_[sorted];
  constexpr double precise = 50;  // so many as large tell that p is above the level without drawing all
  constexpr double most = 2e6;
  const auto wanted = static_cast<std::size_t>(std::ceil(std::min(most, precise / level)));
  std::size_t as_large = 0;
  std::size_t looked_at = 0;
  constexpr std::size_t portion = 500;
  while (looked_at < wanted && as_large < static_cast<std::size_t>(precise)) {
    if (looked_at == drawn.size()) {
      SplitMix64 random(seed++ + 42);
      std::vector<double> shuffled = sorted;
      for (std::size_t draw = 0; draw < portion; ++draw) {
        for (std::size_t i = shuffled.size(); i-- > 1;) {
          std::swap(shuffled[i], shuffled[static_cast<std::size_t>(random.next() % (i + 1))]);
        }
        drawn.push_back(best_split(shuffled).statistic);
      }
    }
    // Sums of the same scores in another order may differ in their last digits.
    for (; looked_at < drawn.size(); ++looked_at) as_large += drawn[looked_at] >= statistic * (1 - 1e-12) ? 1 : 0;
  }
  return static_cast<double>(1 + as_large) / static_cast<double>(1 + looked_at) <= level;
}

std::vector<double> ChangeFinder::scores_of(std::span<const double> logs) {
  std::vector<double>& by_rank = normal_scores_[logs.size()];  // their sum is 0
  for (std::size_t rank = by_rank.size(); rank < logs.size(); ++rank) {
    by_rank.push_back(normal_quantile(static_cast<double>(rank + 1) / static_cast<double>(logs.size() + 1)));
  }
  return share_ties(logs, by_rank);
}

void ChangeFinder::split(std::span<const double> logs, std::size_t offset, std::vector<std::size_t>& cuts) {
  if (logs.size() < 2 * least_segment) return;
  const std::vector<double> scores = scores_of(logs);
  const Split best = best_split(scores);
  if (!is_significant(scores, best.statistic, options_.level / 2)) return;
  const std::size_t second = std::max(best.first, best.second);
  split(logs.first(best.first), offset, cuts);
  cuts.push_back(offset + best.first);
  if (second > best.first) {
    split(logs.subspan(best.first, second - best.first), offset + best.first, cuts);
    cuts.push_back(offset + second);
  }
  split(logs.subspan(second), offset + second, cuts);
}

void ChangeFinder::drop_doubtful(std::span<const double> logs, std::vector<std::size_t>& cuts) {
  constexpr double level = 0.01;
  for (std::size_t i = 0; i < cuts.size();) {
    const std::size_t begin = i == 0 ? 0 : cuts[i - 1];
    const std::size_t end = i + 1 == cuts.size() ? logs.size() : cuts[i + 1];
    const std::vector<double> scores = scores_of(logs.subspan(begin, end - begin));
    const std::size_t k = cuts[i] - begin;
    const double sum = std::accumulate(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(k), 0.0);
    if (is_significant(scores, statistic_of(sum, k, scores.size()), level)) {
      ++i;
    } else {
      cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(i));
      i = 0;  // the neighbours have other segments now
    }
  }
}

std::optional<Drift> ChangeFinder::find_drift(std::span<const double> logs) {
  const std::size_t count = logs.size();
  std::vector<double> slopes;
  std::size_t rising = 0;
  std::size_t falling = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      slopes.push_back((logs[j] - logs[i]) / static_cast<double>(j - i));
      rising += logs[j] > logs[i] ? 1 : 0;
      falling += logs[j] < logs[i] ? 1 : 0;
    }
  }
  const std::size_t excess = std::max(rising, falling) - std::min(rising, falling);
  std::vector<double>& distribution = inversions_[count];
  if (distribution.empty()) distribution = inversion_distribution(count);
  // |S| ≥ excess: at most (pairs − excess)/2 inversions, or as many the other way round.
  double tail = 0;
  for (std::size_t i = 0; i <= (slopes.size() - excess) / 2; ++i) tail += distribution[i];
  if (2 * tail > options_.level / 2) return std::nullopt;
  std::ranges::sort(slopes);
  const auto n = static_cast<double>(count);
  const double margin = z95 * std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const auto pairs = static_cast<double>(slopes.size());
  const auto outside = static_cast<std::size_t>(std::max(0.0, std::floor((pairs - margin) / 2)));
  const double slope = median(slopes);
  const Estimate total{slope * (n - 1), 0, slopes[outside] * (n - 1), slopes[slopes.size() - 1 - outside] * (n - 1)};
  return Drift{as_ratio(total), slope};
}

Changes ChangeFinder::find(std::span<const double> logs) {
  const std::size_t count = logs.size();
  if (count < least_points) return {};
  const double smallest = std::log1p(options_.minimum_effect);
  std::vector<std::size_t> cuts;
  split(logs, 0, cuts);
  if (cuts.size() > 1) drop_doubtful(logs, cuts);

  const auto segment = [&](std::size_t i) {  // in front of cut i
    const std::size_t begin = i == 0 ? 0 : cuts[i - 1];
    return logs.subspan(begin, (i == cuts.size() ? count : cuts[i]) - begin);
  };
  std::vector<Estimate> shifts;
  for (;;) {
    shifts.clear();
    for (std::size_t i = 0; i < cuts.size(); ++i) shifts.push_back(shift(segment(i), segment(i + 1)));
    const auto least = std::ranges::min_element(shifts, {}, [](const Estimate& one) { return std::abs(one.point); });
    if (least == shifts.end() || std::abs(least->point) >= smallest) break;
    cuts.erase(cuts.begin() + (least - shifts.begin()));
  }

  std::optional<Drift> drift = find_drift(logs);
  if (drift && std::abs(std::log(drift->total.point)) < smallest) drift.reset();
  if (drift && !cuts.empty()) {
    std::vector<double> flat(logs.begin(), logs.end());
    for (std::size_t i = 0; i < count; ++i) flat[i] -= drift->per_point * static_cast<double>(i);
    std::vector<double> around_line;
    std::vector<double> around_steps;
    add_residuals(around_line, flat);
    for (std::size_t i = 0; i <= cuts.size(); ++i) add_residuals(around_steps, segment(i));
    // As the standard deviation, if the better of the two leaves normal noise.
    const double scale = 1.4826 * std::max(1e-12, std::min(median(around_line), median(around_steps)));
    if (cost(around_steps, scale, 2 * cuts.size() + 1) <= cost(around_line, scale, 2)) drift.reset();
  }
  if (drift) return {{}, drift};
  Changes changes;
  for (std::size_t i = 0; i < cuts.size(); ++i) changes.steps.push_back({cuts[i], as_ratio(shifts[i])});
  return changes;
}

}  // namespace trilane::bench
