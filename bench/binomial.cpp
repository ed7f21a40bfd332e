#include "bench/binomial.hpp"

#include "bench/student.hpp"

namespace trilane::bench {

namespace {

constexpr double tail = 0.025;  // on each side

/// P(X ≤ hits), hits < tries, of tries that each succeed with probability p: I_{1−p}(tries − hits, hits + 1).
double at_most(std::uint64_t hits, std::uint64_t tries, double p) {
  return incomplete_beta(static_cast<double>(tries - hits), static_cast<double>(hits) + 1, 1 - p, p);
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
