#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "bench/baseline.hpp"
#include "bench/statistics.hpp"

namespace trilane::test {

/// What a case of `op` looks like after launches with these times of one iteration.
inline bench::Benchmark benchmark(const std::string& name, const std::string& arch,
                                  const std::vector<std::vector<double>>& times_of_launches) {
  bench::Benchmark benchmark;
  benchmark.name = name;
  benchmark.arch = arch;
  benchmark.op = name.substr(0, name.find('/'));
  benchmark.format = "i2_s";
  benchmark.shape = {65536};
  benchmark.elements = 65536;
  benchmark.bytes_read = 262144;
  benchmark.bytes_written = 16388;
  for (const auto& times : times_of_launches) {
    benchmark.launches.push_back({std::vector<double>(times.size(), 1), times});
  }
  benchmark.estimates = bench::estimate(benchmark.launches);
  benchmark.outliers = bench::find_outliers(benchmark.launches);
  benchmark.compiled = "ahead-of-time";
  benchmark.output_digest = "xxh3:0123456789abcdef";
  return benchmark;
}

/// `count` launches of 5 samples each, all within 0.1 % of `ns`.
inline std::vector<std::vector<double>> steady_launches(double ns, std::size_t count) {
  std::vector<std::vector<double>> launches;
  for (std::size_t i = 0; i < count; ++i) {
    const double middle = ns * (1 + 0.0002 * static_cast<double>(i % 5));
    launches.push_back({middle * 0.9995, middle * 0.9998, middle, middle * 1.0002, middle * 1.0005});
  }
  return launches;
}

/// A baseline of a machine that is known, in which every optional field has a value.
inline bench::Baseline baseline(std::vector<bench::Benchmark> benchmarks) {
  bench::Baseline baseline;
  baseline.created = "2026-01-31T12:00:00Z";
  baseline.build = {"0.1.0", "0123456789ab", true, "clang 19.1.7", "-O3"};
  baseline.environment.platform = "browser";
  baseline.environment.os = "Linux 6.1";
  baseline.environment.cpu = {"A CPU", {"avx2"}, 2, {{1, "data", 32768}, {2, "unified", 1 << 20}}};
  baseline.environment.engine = bench::Engine{"V8", "120.0", "Mozilla/5.0"};
  baseline.environment.cross_origin_isolated = true;
  baseline.environment.timer_resolution_ns = 5000;
  baseline.environment.fingerprint = bench::fingerprint_of(baseline.environment, baseline.build);
  baseline.calibration.bandwidth = {{1, 1 << 14, 200, 180, 100}, {1, 1 << 24, 20, 18, 10}, {2, 1 << 14, 400, 360, 200}};
  baseline.calibration.int8_mac = {{"scalar", 1, 7}, {"avx2", 2, 300.5}};
  baseline.suite = {"weights", 42, 1, "xxh3:fedcba9876543210"};
  baseline.benchmarks = std::move(benchmarks);
  return baseline;
}

}  // namespace trilane::test
