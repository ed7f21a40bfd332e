#pragma once

#include <cstdint>

namespace trilane::bench {

/// Bounds of a probability.
struct Interval {
  double lower = 0;
  double upper = 1;
};

/// The exact 95 % interval (Clopper and Pearson's) of the probability of what happened in `hits` of `tries`: its lower bound
/// makes so many hits or more, its upper bound so many or fewer, as unlikely as 2.5 %. 0 … 1 without a try.
Interval binomial_interval(std::uint64_t hits, std::uint64_t tries);

}  // namespace trilane::bench
