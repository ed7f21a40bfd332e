#include "bench/noise.hpp"

#include <algorithm>
#include <cmath>

namespace trilane::bench {

namespace {

/// The value that so large a share of the values does not exceed.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::ceil(share * last))];
}

}  // namespace

double detectable_effect(const Pair& pair) {
  constexpr double z = 1.644854;  // of a normal distribution, 95 % one-sided
  if (std::min(pair.a->launches.size(), pair.b->launches.size()) < least_launches) return 0;
  const double half_width = (std::log(pair.ratio.upper) - std::log(pair.ratio.lower)) / 2;
  const double error = pair.ratio.standard_error / pair.ratio.point;
  return std::exp(std::log1p(pair.minimum_effect) + half_width + z * error) - 1;
}

std::vector<SelfVerdict> self_verdicts(const Comparison& comparison) {
  std::vector<SelfVerdict> verdicts;
  for (const Pair& pair : comparison.pairs) {
    verdicts.push_back(
        {pair.name, pair.a->arch, pair.verdict, pair.a->launches.size(), pair.ratio.point, detectable_effect(pair)});
  }
  return verdicts;
}

Noise noise_of(const std::vector<SelfVerdict>& verdicts) {
  Noise noise;
  std::vector<double> detectable;
  for (const SelfVerdict& one : verdicts) {
    if (one.pairs < least_launches) continue;
    ++noise.verdicts;
    if (is_change(one.verdict)) ++noise.alarms;
    if (one.verdict == Verdict::inconclusive) ++noise.inconclusive;
    if (one.detectable > 0) detectable.push_back(one.detectable);
  }
  noise.detectable = quantile(detectable, 0.5);
  noise.detectable_worst = quantile(detectable, 0.9);
  return noise;
}

}  // namespace trilane::bench
