#include "bench/binomial.hpp"

#include <cmath>

namespace trilane::bench {

namespace {

constexpr double tail = 0.025;  // on each side

/// P(X ≤ hits) of tries that each succeed with probability p.
double at_most(std::uint64_t hits, std::uint64_t tries, double p) {
  if (p <= 0) return 1;
  if (p >= 1) return hits >= tries ? 1 : 0;
  const auto n = static_cast<double>(tries);
  double sum = 0;
  for (std::uint64_t i = 0; i <= hits; ++i) {
    const auto k = static_cast<double>(i);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
                    (n - k) * std::log1p(-p));
  }
  return sum;
}

/// The p at which at_most(hits, tries, p), which falls as p grows, is `wanted`.
double where_at_most_is(double wanted, std::uint64_t hits, std::uint64_t tries) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {  // 2⁻⁶⁰
    const double middle = (low + high) / 2;
    (at_most(hits, tries, middle) > wanted ? low : high) = middle;
  }
  return high;
}

}  // namespace

Interval binomial_interval(std::uint64_t hits, std::uint64_t tries) {
  Interval interval;
  if (hits > 0) interval.lower = where_at_most_is(1 - tail, hits - 1, tries);
  if (hits < tries) interval.upper = where_at_most_is(tail, hits, tries);
  return interval;
}

}  // namespace trilane::bench
