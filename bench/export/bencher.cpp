#include <nlohmann/json.hpp>

#include "bench/export/formats.hpp"

// The Bencher Metric Format, version 0. Its built-in measures are latency, in nanoseconds, and throughput, a second.

namespace trilane::bench {

namespace {

// Sorted keys: an ordered object of thousands of cases would be slow to fill.
using Json = nlohmann::json;

Json write(const Benchmark& benchmark) {
  const Estimate& time = benchmark.estimates.median;
  Json measures = {{"latency", {{"value", time.point}, {"lower_value", time.lower}, {"upper_value", time.upper}}}};
  if (const auto rate = per_second(benchmark.elements, time.point)) {
    Json throughput = {{"value", *rate}};
    // The slowest time is the lowest rate.
    if (const auto lower = per_second(benchmark.elements, time.upper)) throughput["lower_value"] = *lower;
    if (const auto upper = per_second(benchmark.elements, time.lower)) throughput["upper_value"] = *upper;
    measures["throughput"] = std::move(throughput);
  }
  return measures;
}

}  // namespace

std::string export_bencher(const Baseline& baseline) {
  Json root = Json::object();
  for (const Benchmark& benchmark : baseline.benchmarks) {
    root[benchmark.name + " " + benchmark.arch] = write(benchmark);
  }
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace trilane::bench
