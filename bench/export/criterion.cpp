#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/export/formats.hpp"

// What `critcmp --export` writes and `critcmp FILE` reads.

namespace trilane::bench {

namespace {

// Sorted keys, as critcmp's own; an ordered object of thousands of cases would be slow to fill.
using Json = nlohmann::json;

Json write(const Estimate& estimate) {
  return {{"point_estimate", estimate.point},
          {"standard_error", estimate.standard_error},
          {"confidence_interval",
           {{"confidence_level", confidence_level}, {"lower_bound", estimate.lower}, {"upper_bound", estimate.upper}}}};
}

/// Of a name, the folder that Criterion would keep it in.
std::string directory(std::string name) {
  for (char& c : name) {
    if (std::string_view("?\"/\\*<>:|^").find(c) != std::string_view::npos) c = '_';
  }
  return name;
}

Json write(const Benchmark& benchmark, const std::string& id, const std::string& title) {
  const Estimates& estimates = benchmark.estimates;
  return {{"baseline", title},
          {"fullname", title + "/" + id},
          {"criterion_benchmark_v1",
           {{"group_id", benchmark.name},
            {"function_id", benchmark.arch},
            {"value_str", nullptr},
            {"throughput", {{"Elements", benchmark.elements}}},
            {"full_id", id},
            {"directory_name", directory(benchmark.name) + "/" + directory(benchmark.arch)}}},
          {"criterion_estimates_v1",
           {{"mean", write(estimates.mean)},
            {"median", write(estimates.median)},
            {"median_abs_dev", write(estimates.median_abs_dev)},
            {"slope", estimates.slope ? write(*estimates.slope) : Json(nullptr)},
            {"std_dev", write(estimates.std_dev)}}}};
}

}  // namespace

std::string export_criterion(const Baseline& baseline, const std::string& title) {
  Json benchmarks = Json::object();
  for (const Benchmark& benchmark : baseline.benchmarks) {
    const std::string id = benchmark.name + "/" + benchmark.arch;
    benchmarks[id] = write(benchmark, id, title);
  }
  const Json root = {{"name", title}, {"benchmarks", std::move(benchmarks)}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace trilane::bench
