#include "bench/compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "bench/calibration.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

namespace {

constexpr double together = confidence_level;  // of all judged cases' intervals at once

void require_comparable(const Baseline& a, const Baseline& b, const CompareOptions& options) {
  const auto differ = [](const char* what, const std::string& in_a, const std::string& in_b) {
    throw Error(ErrorCode::invalid_argument, "the two baselines ran different suites (" + std::string(what) + " " +
                                                 in_a + " and " + in_b +
                                                 ", so other inputs); run the same one on both sides");
  };
  if (a.suite.name != b.suite.name) differ("name", a.suite.name, b.suite.name);
  if (a.suite.seed != b.suite.seed) {
    differ("trilane changed it: number", std::to_string(a.suite.seed), std::to_string(b.suite.seed));
  }
  if (a.suite.weights != b.suite.weights)
    differ("weights", a.suite.weights.value_or("none"), b.suite.weights.value_or("none"));
  if (options.cross) return;
  if (options.side_by_side) {
    if (a.environment.platform == b.environment.platform) return;
    throw Error(ErrorCode::invalid_argument, "one side ran on the platform " + a.environment.platform +
                                                 ", the other on " + b.environment.platform +
                                                 "; no verdict is possible");
  }
  if (!a.environment.fingerprint || !b.environment.fingerprint) {
    throw Error(ErrorCode::invalid_argument,
                "a baseline does not know its CPU, so times cannot be judged; use --cross for a view without verdicts");
  }
  if (*a.environment.fingerprint != *b.environment.fingerprint) {
    throw Error(ErrorCode::invalid_argument,
                "the two baselines come from different machines or platforms; use --cross for a view without verdicts");
  }
}

/// The cases that do not have one digest throughout.
std::vector<std::string> differing_digests(const Baseline& a, const Baseline& b) {
  std::map<std::string, std::set<std::string>> digests;
  for (const Baseline* side : {&a, &b}) {
    for (const Benchmark& benchmark : side->benchmarks) digests[benchmark.name].insert(benchmark.output_digest);
  }
  std::vector<std::string> differing;
  for (const auto& [name, values] : digests) {
    if (values.size() > 1) differing.push_back(name);
  }
  return differing;
}

/// From the estimates of a side alone.
Estimate ratio_of(const Estimate& a, const Estimate& b) {
  constexpr double z = 1.959964;  // of a normal distribution, 95 % two-sided
  const double log_ratio = std::log(b.point / a.point);
  const double error = std::hypot(a.standard_error / a.point, b.standard_error / b.point);
  return {std::exp(log_ratio), std::exp(log_ratio) * error, std::exp(log_ratio - z * error),
          std::exp(log_ratio + z * error)};
}

/// Mean of the logarithms of the launches' medians, and the variance of that mean.
struct LogTime {
  double mean = 0;
  double variance = 0;
  double degrees = 0;  ///< of freedom
};

LogTime log_time(const Benchmark& benchmark) {
  std::vector<double> logs = launch_medians(benchmark.launches);
  for (double& value : logs) value = std::log(value);
  const auto count = static_cast<double>(logs.size());
  LogTime result;
  for (const double value : logs) result.mean += value / count;
  for (const double value : logs) result.variance += (value - result.mean) * (value - result.mean);
  result.degrees = count - 1;
  result.variance /= count * result.degrees;
  return result;
}

/// From the launches of both sides: see compare.hpp.
Estimate ratio_over_launches(const Benchmark& from_a, const Benchmark& from_b, double level) {
  const LogTime a = log_time(from_a);
  const LogTime b = log_time(from_b);
  const double variance = a.variance + b.variance;
  if (variance <= 0) return ratio_interval(b.mean - a.mean, 0, 0);  // the degrees would be 0/0
  const double degrees =
      variance * variance / (a.variance * a.variance / a.degrees + b.variance * b.variance / b.degrees);
  return ratio_interval(b.mean - a.mean, variance, interval_t(degrees, level));
}

bool has_launches_enough(const Pair& pair) {
  return std::min(pair.a->launches.size(), pair.b->launches.size()) >= least_launches;
}

/// Ratios and verdicts of the pairs that have launches enough, corrected for how many they are.
void judge(Comparison& comparison, const MinimumEffects& effects) {
  auto& pairs = comparison.pairs;
  comparison.judged = static_cast<std::size_t>(std::count_if(pairs.begin(), pairs.end(), has_launches_enough));
  for (Pair& pair : pairs) {
    pair.minimum_effect = effects.of(pair.name);
    if (!has_launches_enough(pair)) continue;
    pair.level = 1 - (1 - together) / static_cast<double>(comparison.judged);
    pair.ratio = ratio_over_launches(*pair.a, *pair.b, pair.level);
    pair.verdict = verdict_of(pair.ratio, pair.minimum_effect);
  }
}

std::optional<double> share(const Calibration& calibration, const Benchmark& benchmark) {
  const double bound = roofline_of(calibration, benchmark).bound_ns();
  return bound > 0 ? std::optional(bound / benchmark.estimates.median.point) : std::nullopt;
}

std::map<std::string, const Benchmark*> fastest_by_case(const Baseline& baseline) {
  std::map<std::string, const Benchmark*> fastest;
  for (const Benchmark& benchmark : baseline.benchmarks) {
    const Benchmark*& best = fastest[benchmark.name];
    if (best == nullptr || benchmark.estimates.median.point < best->estimates.median.point) best = &benchmark;
  }
  return fastest;
}

std::string label(const BenchmarkIndex::key_type& key) { return key.first + ", " + key.second; }

}  // namespace

BenchmarkIndex index_of(const Baseline& baseline) {
  BenchmarkIndex index;
  for (const Benchmark& benchmark : baseline.benchmarks) index[{benchmark.name, benchmark.arch}] = &benchmark;
  return index;
}

std::optional<double> Pair::instructions_ratio() const {
  if (!a->counters || !b->counters) return std::nullopt;
  return b->counters->instructions / a->counters->instructions;
}

int Comparison::exit_code(const CompareOptions& options) const {
  if (!digest_errors.empty()) return 3;
  if (options.require_all && (!only_a.empty() || !only_b.empty())) return 3;
  if (options.cross) return 0;
  const auto any = [&](Verdict wanted) {
    return std::any_of(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.verdict == wanted; });
  };
  if (any(Verdict::regressed)) return 1;
  const bool unjudged = pairs.empty() || !only_a.empty() || any(Verdict::inconclusive);
  return options.require_verdict && unjudged ? 2 : 0;
}

Comparison compare(const Baseline& a, const Baseline& b, const CompareOptions& options) {
  require_comparable(a, b, options);
  Comparison comparison;
  comparison.digest_errors = differing_digests(a, b);
  comparison.module_bytes_a = a.build.module_bytes;
  comparison.module_bytes_b = b.build.module_bytes;
  const auto add = [&](const Benchmark& from_a, const Benchmark& from_b, bool fastest) {
    Pair pair;
    pair.name = from_a.name;
    pair.a = &from_a;
    pair.b = &from_b;
    pair.time_a = from_a.estimates.median.point;
    pair.time_b = from_b.estimates.median.point;
    pair.ratio = ratio_of(from_a.estimates.median, from_b.estimates.median);
    pair.share_a = share(a.calibration, from_a);
    pair.share_b = share(b.calibration, from_b);
    pair.fastest = fastest;
    comparison.pairs.push_back(pair);
  };

  const BenchmarkIndex in_a = index_of(a);
  const BenchmarkIndex in_b = index_of(b);
  const auto fastest_a = options.cross ? fastest_by_case(a) : std::map<std::string, const Benchmark*>();
  const auto fastest_b = options.cross ? fastest_by_case(b) : std::map<std::string, const Benchmark*>();
  std::set<std::string> seen;
  for (const Benchmark& benchmark : a.benchmarks) {  // in the order of A's file
    const auto best_b = fastest_b.find(benchmark.name);
    if (seen.insert(benchmark.name).second && best_b != fastest_b.end()) {
      add(*fastest_a.at(benchmark.name), *best_b->second, true);
    }
    const auto partner = in_b.find({benchmark.name, benchmark.arch});
    if (partner != in_b.end()) add(benchmark, *partner->second, false);
  }
  for (const auto& [key, benchmark] : in_a) {
    const bool other_has = options.cross ? fastest_b.contains(key.first) : in_b.contains(key);
    if (!other_has) comparison.only_a.push_back(label(key));
  }
  for (const auto& [key, benchmark] : in_b) {
    const bool other_has = options.cross ? fastest_a.contains(key.first) : in_a.contains(key);
    if (!other_has) comparison.only_b.push_back(label(key));
  }
  if (!options.cross) judge(comparison, options.effects);
  return comparison;
}

std::string to_json(const Comparison& comparison, const CompareOptions& options) {
  using Json = nlohmann::ordered_json;
  const auto nullable = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  const auto side = [&](const Benchmark& benchmark, double time, const std::optional<double>& share_of_bound) {
    return Json{{"arch", benchmark.arch},
                {"median_ns", benchmark.estimates.median.point},
                {"time_ns", time},
                {"elements_per_s", benchmark.elements_per_s()},
                {"share_of_bandwidth_bound", nullable(share_of_bound)},
                {"counters", benchmark.counters ? Json{{"instructions", benchmark.counters->instructions},
                                                       {"cycles", benchmark.counters->cycles}}
                                                : Json(nullptr)}};
  };
  Json pairs = Json::array();
  for (const Pair& pair : comparison.pairs) {
    Json entry = {
        {"case", pair.name},
        {"a", side(*pair.a, pair.time_a, pair.share_a)},
        {"b", side(*pair.b, pair.time_b, pair.share_b)},
        {"ratio",
         {{"point_estimate", pair.ratio.point},
          {"confidence_interval",
           {{"confidence_level", pair.level}, {"lower_bound", pair.ratio.lower}, {"upper_bound", pair.ratio.upper}}}}}};
    entry["instructions_ratio"] = nullable(pair.instructions_ratio());
    if (options.cross) {
      entry["fastest"] = pair.fastest;
    } else {
      entry["minimum_effect"] = pair.minimum_effect;
      entry["verdict"] = name(pair.verdict);
      entry["note"] = pair.note;
    }
    pairs.push_back(std::move(entry));
  }
  const Json root = {
      {"cross", options.cross},
      {"digest_errors", comparison.digest_errors},
      {"module_bytes", {{"a", nullable(comparison.module_bytes_a)}, {"b", nullable(comparison.module_bytes_b)}}},
      {"only_a", comparison.only_a},
      {"only_b", comparison.only_b},
      {"pairs", pairs}};
  return root.dump(1) + "\n";
}

}  // namespace trilane::bench
