#include "bench/verdict.hpp"

#include <cmath>

#include "bench/student.hpp"

namespace trilane::bench {

namespace {

constexpr double tolerated_effects = 2.5;  // pass excludes a slowdown of so many minimum effects

}  // namespace

std::string_view name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::regressed: return "regressed";
    case Verdict::improved: return "improved";
    case Verdict::inconclusive: return "inconclusive";
  }
  return "unknown";
}

Verdict verdict_of(const Estimate& ratio, double minimum_effect) {
  if (ratio.lower > 1 + minimum_effect) return Verdict::regressed;
  if (ratio.upper < 1 / (1 + minimum_effect)) return Verdict::improved;
  return ratio.upper < 1 + tolerated_effects * minimum_effect ? Verdict::pass : Verdict::inconclusive;
}

Estimate ratio_interval(double log_ratio, double variance, double degrees, double level) {
  const double ratio = std::exp(log_ratio);
  if (variance <= 0) return {ratio, 0, ratio, ratio};
  const double error = std::sqrt(variance);
  const double margin = student_t_quantile(degrees, (1 - level) / 2) * error;
  return {ratio, ratio * error, ratio * std::exp(-margin), ratio * std::exp(margin)};
}

}  // namespace trilane::bench
