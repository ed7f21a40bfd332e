#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "bench/export/formats.hpp"

// What a Google Benchmark program prints with --benchmark_format=json and --benchmark_repetitions, and compare.py reads.

namespace trilane::bench {

namespace {

using Json = nlohmann::ordered_json;

struct Repetition {
  double iterations = 0;
  double ns = 0;  // an iteration
};

/// What the estimates are over: the launches' medians, or the samples of a single launch.
std::vector<Repetition> repetitions_of(const Benchmark& benchmark) {
  std::vector<Repetition> repetitions;
  for (const Launch& launch : benchmark.launches) {
    std::vector<Repetition> samples;
    std::vector<double> times;
    for (std::size_t i = 0; i < launch.times_ns.size(); ++i) {
      times.push_back(launch.times_ns[i] / launch.iterations[i]);
      samples.push_back({launch.iterations[i], times.back()});
    }
    if (benchmark.launches.size() == 1) return samples;
    repetitions.push_back({std::accumulate(launch.iterations.begin(), launch.iterations.end(), 0.0), median(times)});
  }
  return repetitions;
}

/// Iterations are whole numbers below 2^53; a file that says otherwise gets the nearest that are.
std::uint64_t whole(double iterations) { return static_cast<std::uint64_t>(std::min(iterations, 0x1p53)); }

Json context(const Baseline& baseline) {
  Json caches = Json::array();
  for (const Cache& cache : baseline.environment.cpu.caches) {
    std::string type = cache.type;
    if (!type.empty() && type[0] >= 'a' && type[0] <= 'z') type[0] = static_cast<char>(type[0] - 'a' + 'A');
    caches.push_back({{"type", type}, {"level", cache.level}, {"size", cache.size}});
  }
  const auto known = [](const std::optional<std::string>& text) { return text.value_or("unknown"); };
  return {{"date", baseline.created},
          {"executable", "trilane"},
          {"num_cpus", baseline.environment.cpu.logical_cores},
          {"caches", caches},
          {"library_build_type", "release"},
          {"trilane_version", baseline.build.version},
          {"trilane_commit", baseline.build.commit},
          {"platform", baseline.environment.platform},
          {"os", known(baseline.environment.os)},
          {"cpu", known(baseline.environment.cpu.model)},
          {"fingerprint", known(baseline.environment.fingerprint)}};
}

/// The fields that rows of all kinds share.
Json row(const Benchmark& benchmark, std::size_t family, std::size_t repetitions) {
  const std::string name = benchmark.name + "/" + benchmark.arch;
  return {{"name", name},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", name},
          {"run_type", "iteration"},
          {"repetitions", repetitions},
          {"threads", benchmark.threads}};
}

/// A baseline has wall time alone, which is what cpu_time says as well: compare.py wants both.
void add_times(Json& row, std::uint64_t iterations, double ns) {
  row["iterations"] = iterations;
  row["real_time"] = ns;
  row["cpu_time"] = ns;
  row["time_unit"] = "ns";
}

void add_rates(Json& row, const Benchmark& benchmark, double ns) {
  if (const auto rate = per_second(benchmark.elements, ns)) row["items_per_second"] = *rate;
  if (const auto rate = per_second(benchmark.bytes_read + benchmark.bytes_written, ns)) row["bytes_per_second"] = *rate;
}

void add_rows(Json& rows, const Benchmark& benchmark, std::size_t family) {
  const std::vector<Repetition> repetitions = repetitions_of(benchmark);
  for (std::size_t i = 0; i < repetitions.size(); ++i) {
    Json one = row(benchmark, family, repetitions.size());
    one["repetition_index"] = i;
    add_times(one, whole(repetitions[i].iterations), repetitions[i].ns);
    add_rates(one, benchmark, repetitions[i].ns);
    rows.push_back(std::move(one));
  }
  const Estimates& estimates = benchmark.estimates;
  for (const auto& [aggregate, estimate] : {std::pair("mean", &estimates.mean), std::pair("median", &estimates.median),
                                            std::pair("stddev", &estimates.std_dev)}) {
    Json one = row(benchmark, family, repetitions.size());
    one["name"] = benchmark.name + "/" + benchmark.arch + "_" + aggregate;
    one["run_type"] = "aggregate";
    one["aggregate_name"] = aggregate;
    one["aggregate_unit"] = "time";
    add_times(one, repetitions.size(), estimate->point);
    if (estimate != &estimates.std_dev) add_rates(one, benchmark, estimate->point);
    rows.push_back(std::move(one));
  }
}

}  // namespace

std::string export_google_benchmark(const Baseline& baseline) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < baseline.benchmarks.size(); ++i) add_rows(rows, baseline.benchmarks[i], i);
  const Json root = {{"context", context(baseline)}, {"benchmarks", std::move(rows)}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace trilane::bench
