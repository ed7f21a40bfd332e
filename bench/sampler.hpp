#pragma once

#include <cstddef>

#include "bench/statistics.hpp"
#include "bench/suite.hpp"

namespace trilane::bench {

/// How long and how often a case is measured.
struct Plan {
  std::size_t samples;
  std::size_t least_samples;  ///< so many at least where an iteration is long, while
  double most_ns;             ///< this would be spent on more
  double sample_ns;           ///< at least this long a sample
  double warm_up_ns;          ///< at least this long before the first sample …
  double most_warm_up_ns;     ///< … and at most this long, should the times never settle
};

/// The plan for a clock that ticks every `tick_ns`: a sample spans at least 1000 ticks, so that the tick adds at most 0.1 %.
Plan plan_for(double tick_ns, bool quick);

/// Warms `job` up until its times are flat, then takes the samples. Sample i has d + d·i / (samples − 1) iterations, where d
/// fill sample_ns (no slope where one iteration does): that gives the slope something to hold on to. Nothing is allocated while the clock runs.
Launch sample(Job& job, const Plan& plan);

/// About how long sample() takes when an iteration takes `iteration_ns`.
double estimated_ns(const Plan& plan, double iteration_ns);

}  // namespace trilane::bench
