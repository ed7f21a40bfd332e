#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/binomial.hpp"
#include "bench/statistics.hpp"

// The baseline: one run of the suite on one machine and platform. docs/baseline.md explains it, baselines/schema.json
// defines it, to_json() and parse_baseline() convert it.

namespace trilane::bench {

struct Build {
  std::string version;
  std::string commit;
  bool dirty = false;
  std::string compiler;
  std::string flags;
  std::optional<std::uint64_t> module_bytes = {};  ///< of the WebAssembly module that ran, decompressed; none natively
  bool operator==(const Build&) const = default;
};

struct Cache {
  int level = 0;
  std::string type;        ///< data, instruction or unified
  std::uint64_t size = 0;  ///< bytes
  bool operator==(const Cache&) const = default;
};

struct Cpu {
  std::optional<std::string> model;
  std::vector<std::string> features;
  std::uint64_t logical_cores = 0;
  std::vector<Cache> caches;
  bool operator==(const Cpu&) const = default;
};

struct Engine {
  std::string name;
  std::string version;
  std::string user_agent;
  bool operator==(const Engine&) const = default;
};

struct Environment {
  std::string platform;  ///< native, browser or node
  std::optional<std::string> os;
  Cpu cpu;
  std::optional<Engine> engine;
  std::optional<bool> cross_origin_isolated;
  double timer_resolution_ns = 0;
  std::optional<std::string> fingerprint;
};

struct BandwidthPoint {
  std::uint64_t threads = 1;
  std::uint64_t working_set = 0;  ///< bytes a thread
  double read_gb_per_s = 0;       ///< of all threads together
  double copy_gb_per_s = 0;       ///< bytes read and bytes written, both counted
  double fill_gb_per_s = 0;
};

struct Int8Peak {
  std::string arch;
  std::uint64_t threads = 1;
  double gmac_per_s = 0;  ///< 10⁹ multiply-accumulates a second, of all threads together
};

struct Calibration {
  std::vector<BandwidthPoint> bandwidth;
  std::vector<Int8Peak> int8_mac;
};

struct Suite {
  std::string name;  ///< default, or weights
  std::uint64_t seed = 0;
  std::uint64_t launches = 1;
  std::optional<std::string> weights;  ///< digest of the file whose tensors are the cases
};

/// What the processor counted in user space, an iteration: bench/counters.hpp.
struct EventCounts {
  double instructions = 0;
  double cycles = 0;
  bool operator==(const EventCounts&) const = default;
};

/// What bandwidth alone and the int8 peak alone would make of a case, in nanoseconds; 0 if not known, or not its concern.
struct Roofline {
  double bandwidth_ns = 0;
  double int8_mac_ns = 0;

  /// The slower of the two: no kernel is faster. 0 if neither is known.
  [[nodiscard]] double bound_ns() const { return std::max(bandwidth_ns, int8_mac_ns); }
  [[nodiscard]] bool bound_by_int8() const { return int8_mac_ns > bandwidth_ns; }
};

struct Benchmark {
  std::string name;  ///< op/format/shape
  std::string arch;
  std::string op;
  std::string format;
  std::vector<std::uint64_t> shape;
  std::uint64_t threads = 1;
  std::uint64_t elements = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::vector<Launch> launches;
  Estimates estimates;
  Outliers outliers;
  std::optional<Roofline> roofline;     ///< none if it was not calibrated
  std::optional<EventCounts> counters;  ///< none where the platform lends none, or on several threads
  std::string compiled;                 ///< optimizing, baseline, unknown or ahead-of-time
  std::string output_digest;

  [[nodiscard]] double elements_per_s() const { return static_cast<double>(elements) * 1e9 / estimates.median.point; }
  [[nodiscard]] double bytes_per_s() const {
    return static_cast<double>(bytes_read + bytes_written) * 1e9 / estimates.median.point;
  }
  /// Of a model's case: the rate at which its products alone would make tokens. None for others.
  [[nodiscard]] std::optional<double> tokens_per_s() const;
};

/// What `trilane aa` found when it compared a build with itself on this target.
struct Noise {
  std::uint64_t verdicts = 0;
  std::uint64_t alarms = 0;  ///< regressed or improved: false ones, for nothing changed
  std::uint64_t inconclusive = 0;
  double detectable = 0;        ///< a slowdown found nine times in ten, the median over the verdicts: 0.04 is 4 %
  double detectable_worst = 0;  ///< nine in ten verdicts had a smaller one

  /// Of alarms / verdicts.
  [[nodiscard]] Interval alarm_rate() const { return binomial_interval(alarms, verdicts); }
};

struct Baseline {
  std::string created;  ///< UTC, ISO 8601
  Build build;
  Environment environment;
  Calibration calibration;
  Suite suite;
  std::optional<Noise> noise;  ///< none if it was not measured
  std::vector<Benchmark> benchmarks;
};

/// The build that this is.
Build this_build();

/// Of platform, OS, CPU model, engine, compiler and isolation: equal where two baselines may be compared by time. None if
/// the CPU is unknown.
std::optional<std::string> fingerprint_of(const Environment& environment, const Build& build);

/// The text of a baseline's file.
std::string to_json(const Baseline& baseline);
/// The text of one benchmark, as the file has it.
std::string to_json(const Benchmark& benchmark);
/// The text of a calibration, as the file has it.
std::string to_json(const Calibration& calibration);

/// Reads a baseline's file. Throws bad_file with one line that says what is wrong and where: not JSON, a field that is
/// missing or has another type, a number that is no number, a case twice; invalid_argument if the file is a baseline of
/// another major version, or none at all. `source` names the file in it.
Baseline parse_baseline(const std::string& text, const std::string& source);

/// Reads what a page knows of its environment: os, cpu, engine, cross_origin_isolated. Throws bad_file likewise.
Environment parse_environment(const std::string& text);

}  // namespace trilane::bench
