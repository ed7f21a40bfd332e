#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "bench/baseline.hpp"

// What a driver of several launches makes of their baselines.

namespace trilane::bench {

/// One baseline of several, each one launch (or more) of the same suite on the same machine: the launches one after the other,
/// in the order given, estimates and outliers anew from all of them. A calibration says what the machine can do at all, so
/// each of its points is the best that any of them reached, and rooflines follow from that. The timer's tick is the coarsest;
/// the tier is the one that all agree on, else baseline if a launch ran there, else unknown. Counts are the least of the launches
/// that have them: an interruption or a cold cache only adds. Everything else is the first's.
///
/// Throws invalid_argument if there is none, or if one differs from the first in its build, environment or suite, lacks a case
/// or has another than the first; corrupt_data if the outputs of a case differ. The message counts baselines from 1.
Baseline merge(std::span<const Baseline> baselines);

/// Throws invalid_argument if `other`, in messages `name`, differs from the first launch of a run in its build, environment or
/// suite.
void require_same_run(const Baseline& first, const Baseline& other, const std::string& name);

/// The least of each, of the launches that counted.
std::optional<EventCounts> least_counts(const std::optional<EventCounts>& a, const std::optional<EventCounts>& b);

/// Case and arch.
using CaseAndArch = std::pair<std::string, std::string>;

/// Notes the tier of a JIT that ran each of these cases: "optimizing" or "baseline". Others stay as they are. Throws
/// invalid_argument if the baseline has no such case, or for another tier.
void set_tiers(Baseline& baseline, const std::map<CaseAndArch, std::string>& tiers);

}  // namespace trilane::bench
