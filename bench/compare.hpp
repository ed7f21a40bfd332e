#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/baseline.hpp"

namespace trilane::bench {

enum class Verdict { pass, regressed, improved, inconclusive };
std::string_view name(Verdict verdict) noexcept;

struct CompareOptions {
  bool cross = false;            ///< across platforms: information, no verdict, no fingerprints
  bool require_all = false;      ///< a case that one side lacks makes the two not comparable
  bool require_verdict = false;  ///< an inconclusive case counts
};

/// One case on both sides. Ratios are times of B over times of A: below 1, B is faster.
struct Pair {
  std::string name;
  const Benchmark* a = nullptr;
  const Benchmark* b = nullptr;
  Estimate ratio;
  Verdict verdict = Verdict::inconclusive;  ///< not with --cross
  std::optional<double> share_a;            ///< of its own roof (1 = at the bound); none if not calibrated
  std::optional<double> share_b;
  bool fastest = false;  ///< with --cross: the fastest arch of each side, else equal archs
};

struct Comparison {
  std::vector<std::string> digest_errors;  ///< cases whose outputs differ, on any arch of any side
  std::vector<std::string> only_a;         ///< "case, arch" that the other side lacks
  std::vector<std::string> only_b;
  std::vector<Pair> pairs;

  /// 3 not comparable · 1 regressed · 2 inconclusive under require_verdict · 0
  [[nodiscard]] int exit_code(const CompareOptions& options) const;
};

/// Compares digests first, then times: case by case and arch by arch (or with `cross` by each side's fastest arch too).
///
/// The ratio's interval is exp(ln(b/a) ± 1.96·√((se_a/a)² + (se_b/b)²)) of the medians. Regressed: all of it above 1.02.
/// Improved: all of it below 1/1.02. Pass: neither, and all of it below 1.05, so that a slowdown of 5 % is excluded.
/// Inconclusive: else, and wherever a side has fewer than 5 launches.
///
/// The result points into a and b. Throws invalid_argument if the two are not comparable at all: fingerprints that are
/// unknown or differ (without `cross`), another suite.
Comparison compare(const Baseline& a, const Baseline& b, const CompareOptions& options);

/// The comparison as JSON: the fields of the structs above.
std::string to_json(const Comparison& comparison, const CompareOptions& options);

}  // namespace trilane::bench
