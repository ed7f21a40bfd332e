#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bench/compare.hpp"

// The verdict over all cases, in words. A case is one on one arch.

namespace trilane::bench {

enum class Outcome { error, regressed, inconclusive, slower, improved, faster, pass };
std::string_view name(Outcome outcome) noexcept;

/// The first that applies: error if outputs differ, or a case is missing that must not; regressed if any case is; inconclusive
/// if any is, or there is none, or the base has one that the new side lacks; slower within tolerance, improved, faster within
/// tolerance if any is; pass.
Outcome outcome_of(const Comparison& comparison, const CompareOptions& options);

struct Counts {
  std::size_t pass = 0;
  std::size_t regressed = 0;
  std::size_t improved = 0;
  std::size_t inconclusive = 0;
  std::size_t slower = 0;  ///< within tolerance
  std::size_t faster = 0;
};
Counts count(const Comparison& comparison);

/// "1 regressed, 2 improved, 3 inconclusive, 80 pass"; without those that are none.
std::string in_words(const Counts& counts, std::string_view between);

/// "1 of 84 cases regressed".
std::string headline(const Comparison& comparison, const CompareOptions& options);

/// "1 case", "2 cases".
std::string cases(std::size_t count);

/// A ratio of times as a change: "+12.3 %".
std::string change(double ratio);
/// "+11.0 … +13.5 %".
std::string change_interval(const Estimate& ratio);

/// "+12.3 % (+11.0 … +13.5 %), 12.3 µs → 13.8 µs".
std::string change_in_words(const Pair& pair);

}  // namespace trilane::bench
