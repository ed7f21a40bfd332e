#include "bench/verdict.hpp"

#include <cmath>

#include "bench/student.hpp"

namespace trilane::bench {

namespace {

constexpr double excluded_effects = 2.5;  // pass excludes a change of so many minimum effects

}  // namespace

std::string_view name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::regressed: return "regressed";
    case Verdict::improved: return "improved";
    case Verdict::slower: return "slower within tolerance";
    case Verdict::faster: return "faster within tolerance";
    case Verdict::inconclusive: return "inconclusive";
  }
  return "unknown";
}

bool is_within(const Estimate& ratio, double minimum_effect) {
  return ratio.lower > 1 / (1 + minimum_effect) && ratio.upper < 1 + minimum_effect;
}

Verdict verdict_of(const Estimate& ratio, double minimum_effect) {
  if (ratio.lower > 1 + minimum_effect) return Verdict::regressed;
  if (ratio.upper < 1 / (1 + minimum_effect)) return Verdict::improved;
  const bool small = is_within(ratio, minimum_effect);
  if (ratio.lower > 1) return small ? Verdict::slower : Verdict::inconclusive;
  if (ratio.upper < 1) return small ? Verdict::faster : Verdict::inconclusive;
  if (small) return Verdict::pass;
  const bool small_point = ratio.point <= 1 + minimum_effect && ratio.point >= 1 / (1 + minimum_effect);
  return small_point && is_within(ratio, excluded_effects * minimum_effect) ? Verdict::pass : Verdict::inconclusive;
}

double interval_t(double degrees, double level) { return student_t_quantile(degrees, (1 - level) / 2); }

Estimate ratio_interval(double log_ratio, double variance, double t) {
  const double ratio = std::exp(log_ratio);
  if (variance <= 0) return {ratio, 0, ratio, ratio};
  const double error = std::sqrt(variance);
  return {ratio, ratio * error, ratio * std::exp(-t * error), ratio * std::exp(t * error)};
}

}  // namespace trilane::bench
