#include <algorithm>
#include <nlohmann/json.hpp>

#include "bench/export/formats.hpp"

// What the action benchmark-action/github-action-benchmark reads as customSmallerIsBetter.

namespace trilane::bench {

namespace {

using Json = nlohmann::ordered_json;

std::string text(double value) { return Json(value).dump(); }

Json write(const Benchmark& benchmark) {
  const Estimate& median = benchmark.estimates.median;
  std::string extra = "95 % interval: " + text(median.lower) + " … " + text(median.upper) + " ns/iter\n" +
                      "launches: " + std::to_string(benchmark.launches.size());
  if (const auto rate = per_second(benchmark.elements, median.point)) extra += "\nelements/s: " + text(*rate);
  extra += "\noutput: " + benchmark.output_digest;
  // The charts have one figure for the spread: the longer arm of the interval.
  const double arm = std::max(median.point - median.lower, median.upper - median.point);
  return {{"name", benchmark.name + " " + benchmark.arch},
          {"unit", "ns/iter"},
          {"value", median.point},
          {"range", "± " + text(arm)},
          {"extra", extra}};
}

}  // namespace

std::string export_github_action_benchmark(const Baseline& baseline) {
  Json root = Json::array();
  for (const Benchmark& benchmark : baseline.benchmarks) root.push_back(write(benchmark));
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace trilane::bench
