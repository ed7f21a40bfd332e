#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "bench/seeded_weights.hpp"

namespace trilane::test {

/// The same numbers for the same seed, on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  double uniform() { return (static_cast<double>(bits_.next() >> 11U) + 0.5) * 0x1p-53; }
  /// Box and Muller.
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

 private:
  bench::SplitMix64 bits_;
};

}  // namespace trilane::test
