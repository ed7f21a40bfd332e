#include "bench/sequential.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>

namespace trilane::bench {

namespace {

constexpr double alpha = 1 - confidence_level;  // of the whole family, over all looks

constexpr std::size_t least_trimmed = 7;
constexpr double trimming_excess = 1.2;  // times 1/h: see sequential.hpp

struct Centre {
  double mean = 0;
  double variance = 0;  ///< of the mean, as far as trimming is concerned enlarged
  double degrees = 0;   ///< of freedom
};

/// Yuen's trimmed mean: see sequential.hpp.
Centre centre_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const std::size_t g = n < least_trimmed ? 0 : n / 5;
  const auto h = static_cast<double>(n - 2 * g);
  for (std::size_t i = 0; i < g; ++i) {
    values[i] = values[g];
    values[n - 1 - i] = values[n - 1 - g];
  }
  const auto inner_begin = values.begin() + static_cast<std::ptrdiff_t>(g);
  const auto inner_end = values.end() - static_cast<std::ptrdiff_t>(g);
  Centre centre;
  centre.mean = std::accumulate(inner_begin, inner_end, 0.0) / h;
  const double all = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n);
  double squares = 0;
  for (const double value : values) squares += (value - all) * (value - all);
  const double wider = g == 0 ? 1 : 1 + trimming_excess / h;
  centre.variance = wider * wider * squares / (h * (h - 1));
  centre.degrees = h - 1;
  return centre;
}

Verdict confirmation_of(const Estimate& ratio, double minimum_effect) {
  if (ratio.lower > 1 && ratio.point > 1 + minimum_effect) return Verdict::regressed;
  if (ratio.upper < 1 && ratio.point < 1 / (1 + minimum_effect)) return Verdict::improved;
  return Verdict::inconclusive;
}

}  // namespace

SequentialTest::SequentialTest(std::vector<double> minimum_effects, Rule rule)
    : cases_(minimum_effects.size()), rule_(rule) {
  for (std::size_t i = 0; i < cases_.size(); ++i) cases_[i].minimum_effect = minimum_effects[i];
}

void SequentialTest::add(std::size_t which, double log_ratio) {
  Case& one = cases_.at(which);
  if (!one.judgement.settled) one.log_ratios.push_back(log_ratio);
}

bool SequentialTest::is_due(std::size_t pairs, double share) {
  if (share > 0.7) return false;
  auto due = static_cast<double>(least_launches);
  while (std::round(due) < static_cast<double>(pairs)) due *= std::numbers::sqrt2;
  return std::round(due) == static_cast<double>(pairs);
}

void SequentialTest::look(double share, Wanted wanted) {
  if (share <= spent_) return;  // nothing left to spend on it
  const double level = 1 - alpha * (share - spent_) / static_cast<double>(cases_.size());
  spent_ = share;
  std::map<double, double> t_of;  // by degrees of freedom, of which cases have hardly more than one
  for (Case& one : cases_) {
    Judgement& judgement = one.judgement;
    if (judgement.settled) continue;
    const std::vector<double>& logs = one.log_ratios;
    judgement.pairs = logs.size();
    if (logs.size() < least_launches) continue;
    const Centre centre = centre_of(logs);
    const auto [t, is_new] = t_of.try_emplace(centre.degrees);
    if (is_new) t->second = interval_t(centre.degrees, level);
    judgement.ratio = ratio_interval(centre.mean, centre.variance, t->second);
    judgement.level = level;
    judgement.verdict = rule_ == Rule::judge ? verdict_of(judgement.ratio, one.minimum_effect)
                                             : confirmation_of(judgement.ratio, one.minimum_effect);
    judgement.settled = is_change(judgement.verdict) || is_within(judgement.ratio, one.minimum_effect) ||
                        (wanted == Wanted::verdict && judgement.verdict != Verdict::inconclusive);
  }
}

std::size_t SequentialTest::open() const {
  return static_cast<std::size_t>(
      std::count_if(cases_.begin(), cases_.end(), [](const Case& one) { return !one.judgement.settled; }));
}

}  // namespace trilane::bench
