#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/compare.hpp"

// What a machine makes of a build that is compared with itself.

namespace trilane::bench {

/// One case's verdict in one comparison of a build with itself.
struct SelfVerdict {
  std::string name;
  std::string arch;
  Verdict verdict = Verdict::inconclusive;
  std::uint64_t pairs = 0;
  double ratio = 1;
  double detectable = 0;  ///< see detectable_effect(); 0 with fewer than 5 pairs
};

/// The slowdown that would have been called regressed nine times in ten, by a case's interval with half-width w (of the
/// logarithm) and standard error s: exp(ln(1 + e) + w + 1.645·s) − 1. For an interval lies wholly above 1 + e with
/// probability 0.95 if the truth is w + 1.645·s above it, and both measurements of an A/B comparison have to say so.
double detectable_effect(const Pair& pair);

std::vector<SelfVerdict> self_verdicts(const Comparison& comparison);

/// Of those that were judged: with fewer than 5 pairs nothing can be called a change.
Noise noise_of(const std::vector<SelfVerdict>& verdicts);

}  // namespace trilane::bench
