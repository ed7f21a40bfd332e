#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/baseline.hpp"
#include "bench/effects.hpp"
#include "bench/verdict.hpp"

namespace trilane::bench {

struct CompareOptions {
  bool cross = false;            ///< across platforms: information, no verdict, no fingerprints
  bool require_all = false;      ///< a case that one side lacks makes the two not comparable
  bool require_verdict = false;  ///< a case without a verdict counts, and that there is none at all
  MinimumEffects effects = {};   ///< what counts as a change
  bool side_by_side = false;     ///< both were measured here and now: builds may differ in what the fingerprint holds
};

/// One case on both sides. Ratios are times of B over times of A: below 1, B is faster.
struct Pair {
  std::string name;
  const Benchmark* a = nullptr;
  const Benchmark* b = nullptr;
  Estimate ratio;
  double time_a = 0;  ///< that the ratio is of, in nanoseconds: the median, or what who judged says
  double time_b = 0;
  double level = confidence_level;          ///< of the ratio's interval
  double minimum_effect = 0;                ///< not with --cross
  Verdict verdict = Verdict::inconclusive;  ///< not with --cross
  std::string note;                         ///< how the verdict came about, where that is not plain from the ratio
  std::optional<double> share_a;            ///< of its own roof (1 = at the bound); none if not calibrated
  std::optional<double> share_b;
  bool fastest = false;  ///< with --cross: the fastest arch of each side, else equal archs

  /// Of B over those of A; none if a side has no counts. Never part of a verdict.
  [[nodiscard]] std::optional<double> instructions_ratio() const;
};

/// A baseline's benchmarks by case and arch.
using BenchmarkIndex = std::map<std::pair<std::string, std::string>, const Benchmark*>;
BenchmarkIndex index_of(const Baseline& baseline);

struct Comparison {
  std::vector<std::string> digest_errors;  ///< cases whose outputs differ, on any arch of any side
  std::vector<std::string> only_a;         ///< "case, arch" that the other side lacks
  std::vector<std::string> only_b;
  std::vector<Pair> pairs;
  std::optional<std::uint64_t> module_bytes_a;  ///< as in the builds; never part of a verdict
  std::optional<std::uint64_t> module_bytes_b;
  std::size_t judged = 0;  ///< pairs with launches enough for a verdict, over which the intervals hold together

  /// 3 not comparable · 1 regressed · 2 under require_verdict, if a case is inconclusive or only A has it · 0
  [[nodiscard]] int exit_code(const CompareOptions& options) const;
};

/// Compares digests first, then times: case by case and arch by arch (or with `cross` by each side's fastest arch too).
///
/// A case is judged if both sides have 5 launches or more. With m of them, each ratio is exp(d) with the interval
/// exp(d ± t·s) at the level 1 − 0.05/m: d is the difference of the means of the logarithms of the launches' medians, s² the
/// sum of their variances, each over its number of launches, and t Student's with Welch's degrees of freedom. The verdict is
/// that interval's (verdict.hpp); a case not judged is inconclusive.
///
/// What that promises: a true ratio that its interval covers gives no false verdict. An interval misses with probability
/// 0.05/m, so by the union bound any of the m does with at most m · 0.05/m = 0.05, however the cases depend on each other
/// (Bonferroni). Holm's method would reject a little more, but has no intervals that go with its verdicts.
///
/// Cases not judged, and all with `cross`, have the 95 % interval exp(ln(b/a) ± 1.96·√((se_a/a)² + (se_b/b)²)) of the ratio of
/// the estimated medians.
///
/// The result points into a and b. Throws invalid_argument if the two are not comparable at all: fingerprints that are
/// unknown or differ (without `cross`), another suite.
Comparison compare(const Baseline& a, const Baseline& b, const CompareOptions& options);

/// The comparison as JSON: the fields of the structs above.
std::string to_json(const Comparison& comparison, const CompareOptions& options);

}  // namespace trilane::bench
