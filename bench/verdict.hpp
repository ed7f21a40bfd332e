#pragma once

#include <string_view>

#include "bench/statistics.hpp"

namespace trilane::bench {

enum class Verdict { pass, regressed, improved, inconclusive };
std::string_view name(Verdict verdict) noexcept;

/// Regressed or improved.
constexpr bool is_change(Verdict verdict) noexcept {
  return verdict == Verdict::regressed || verdict == Verdict::improved;
}

/// Fewer launches on a side give no verdict.
inline constexpr std::size_t least_launches = 5;

/// What an interval of the ratio of times, new over base, says with a minimum effect e. Regressed: all of it is above 1 + e.
/// Improved: all of it is below 1/(1 + e). Pass: neither, and all of it is below 1 + 2.5·e, so that by the default of 2 % a
/// slowdown of 5 % is excluded. Inconclusive: else.
Verdict verdict_of(const Estimate& ratio, double minimum_effect);

/// The interval exp(d ± t·√variance) of a ratio whose logarithm was estimated as d with that variance; t is Student's at so
/// many degrees of freedom and at this level.
Estimate ratio_interval(double log_ratio, double variance, double degrees, double level);

}  // namespace trilane::bench
