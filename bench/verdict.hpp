#pragma once

#include <array>
#include <string_view>

#include "bench/statistics.hpp"

namespace trilane::bench {

enum class Verdict { pass, regressed, improved, slower, faster, inconclusive };

/// "slower within tolerance" for slower, "faster within tolerance" for faster; else as the enumerator.
std::string_view name(Verdict verdict) noexcept;

/// What needs attention first.
inline constexpr std::array all_verdicts = {Verdict::regressed, Verdict::improved, Verdict::inconclusive,
                                            Verdict::slower,    Verdict::faster,   Verdict::pass};

/// Regressed or improved.
constexpr bool is_change(Verdict verdict) noexcept {
  return verdict == Verdict::regressed || verdict == Verdict::improved;
}

/// Fewer launches on a side give no verdict.
inline constexpr std::size_t least_launches = 5;

/// True if the whole interval is within the minimum effect e: above 1/(1 + e) and below 1 + e.
bool is_within(const Estimate& ratio, double minimum_effect);

/// What an interval of the ratio of times, new over base, says with a minimum effect e:
/// - regressed: the whole interval is above 1 + e; improved: it is below 1/(1 + e);
/// - slower: it is above 1 and within e; faster: it is below 1 and within e;
/// - pass: it contains 1, and is within e, or is within 2.5·e with its point within e. By the default of 2 % a pass
///   excludes a change of 5 % either way;
/// - inconclusive: else.
/// So a pass never has its point beyond e, nor its interval on one side of 1.
Verdict verdict_of(const Estimate& ratio, double minimum_effect);

/// Student's t for a two-sided interval at this level.
double interval_t(double degrees, double level);

/// The interval exp(d ± t·√variance) of a ratio whose logarithm was estimated as d with that variance.
Estimate ratio_interval(double log_ratio, double variance, double t);

}  // namespace trilane::bench
