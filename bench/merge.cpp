#include "bench/merge.hpp"

#include <algorithm>

#include "bench/calibration.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

namespace {

/// A baseline in messages: "baseline 2".
std::string numbered(std::size_t i) { return "baseline " + std::to_string(i + 1); }

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::invalid_argument, message); }

std::string label(const Benchmark& benchmark) { return benchmark.name + ", " + benchmark.arch; }

bool same_place(const Environment& a, const Environment& b) {
  return a.platform == b.platform && a.os == b.os && a.cpu == b.cpu && a.engine == b.engine &&
         a.cross_origin_isolated == b.cross_origin_isolated && a.fingerprint == b.fingerprint;
}

const Benchmark* find(const Baseline& baseline, const Benchmark& wanted) {
  const auto& all = baseline.benchmarks;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Benchmark& candidate) {
    return candidate.name == wanted.name && candidate.arch == wanted.arch;
  });
  return found == all.end() ? nullptr : &*found;
}

void require_same_cases(const Baseline& first, const Baseline& other, const std::string& name) {
  for (const Benchmark& benchmark : other.benchmarks) {
    if (find(first, benchmark) == nullptr)
      refuse("baseline 1 lacks '" + label(benchmark) + "', which " + name + " has");
  }
}

/// The other's benchmark, which must be of the same work with the same output.
const Benchmark& partner(const Benchmark& benchmark, const Baseline& other, const std::string& name) {
  const Benchmark* found = find(other, benchmark);
  if (found == nullptr) refuse(name + " lacks '" + label(benchmark) + "', which baseline 1 has");
  if (found->output_digest != benchmark.output_digest) {
    throw Error(ErrorCode::corrupt_data, "'" + label(benchmark) + "' computed " + found->output_digest + " in " + name +
                                             " and " + benchmark.output_digest +
                                             " in baseline 1; this is a bug, its times mean nothing");
  }
  return *found;
}

std::string common_tier(const std::string& a, const std::string& b) {
  if (a == b) return a;
  return a == "baseline" || b == "baseline" ? "baseline" : "unknown";
}

void improve(Calibration& best, const Calibration& other) {
  for (const BandwidthPoint& point : other.bandwidth) {
    const auto same = [&](const BandwidthPoint& p) {
      return p.threads == point.threads && p.working_set == point.working_set;
    };
    const auto known = std::find_if(best.bandwidth.begin(), best.bandwidth.end(), same);
    if (known == best.bandwidth.end()) refuse("the baselines calibrated with different working sets or threads");
    known->read_gb_per_s = std::max(known->read_gb_per_s, point.read_gb_per_s);
    known->copy_gb_per_s = std::max(known->copy_gb_per_s, point.copy_gb_per_s);
    known->fill_gb_per_s = std::max(known->fill_gb_per_s, point.fill_gb_per_s);
  }
  for (const Int8Peak& peak : other.int8_mac) {
    const auto same = [&](const Int8Peak& p) { return p.arch == peak.arch && p.threads == peak.threads; };
    const auto known = std::find_if(best.int8_mac.begin(), best.int8_mac.end(), same);
    if (known == best.int8_mac.end()) refuse("the baselines calibrated different archs or threads");
    known->gmac_per_s = std::max(known->gmac_per_s, peak.gmac_per_s);
  }
}

}  // namespace

void require_same_run(const Baseline& first, const Baseline& other, const std::string& name) {
  const auto require = [&](bool same, const char* what) {
    if (!same) refuse(name + " differs from the first in its " + what + "; only launches of one run can be merged");
  };
  require(first.build == other.build, "build (version, commit, compiler, flags or module)");
  require(same_place(first.environment, other.environment), "environment (platform, machine, engine or isolation)");
  require(first.suite.name == other.suite.name && first.suite.seed == other.suite.seed &&
              first.suite.weights == other.suite.weights,
          "suite (name, seed or weights)");
}

std::optional<EventCounts> least_counts(const std::optional<EventCounts>& a, const std::optional<EventCounts>& b) {
  if (!a || !b) return a ? a : b;
  return EventCounts{std::min(a->instructions, b->instructions), std::min(a->cycles, b->cycles)};
}

Baseline merge(std::span<const Baseline> baselines) {
  if (baselines.empty()) refuse("there is no baseline to merge");
  Baseline merged = baselines[0];
  for (std::size_t i = 1; i < baselines.size(); ++i) {
    const Baseline& other = baselines[i];
    require_same_run(merged, other, numbered(i));
    require_same_cases(merged, other, numbered(i));
    improve(merged.calibration, other.calibration);
    merged.suite.launches += other.suite.launches;
    merged.environment.timer_resolution_ns =
        std::max(merged.environment.timer_resolution_ns, other.environment.timer_resolution_ns);
    for (Benchmark& benchmark : merged.benchmarks) {
      const Benchmark& from = partner(benchmark, other, numbered(i));
      benchmark.launches.insert(benchmark.launches.end(), from.launches.begin(), from.launches.end());
      benchmark.compiled = common_tier(benchmark.compiled, from.compiled);
      benchmark.counters = least_counts(benchmark.counters, from.counters);
    }
  }
  for (Benchmark& benchmark : merged.benchmarks) {
    benchmark.estimates = estimate(benchmark.launches);
    benchmark.outliers = find_outliers(benchmark.launches);
    if (!merged.calibration.bandwidth.empty()) benchmark.roofline = roofline_of(merged.calibration, benchmark);
  }
  return merged;
}

void set_tiers(Baseline& baseline, const std::map<CaseAndArch, std::string>& tiers) {
  for (const auto& [key, tier] : tiers) {
    const std::string& name = key.first;
    const std::string& arch = key.second;
    if (tier != "optimizing" && tier != "baseline") refuse("'" + tier + "' is no tier: optimizing or baseline");
    const auto same = [&](const Benchmark& benchmark) { return benchmark.name == name && benchmark.arch == arch; };
    const auto found = std::find_if(baseline.benchmarks.begin(), baseline.benchmarks.end(), same);
    if (found == baseline.benchmarks.end()) refuse("the baseline has no case '" + name + "' on '" + arch + "'");
    found->compiled = tier;
  }
}

}  // namespace trilane::bench
