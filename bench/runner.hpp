#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/baseline.hpp"
#include "bench/counters.hpp"
#include "bench/sampler.hpp"
#include "bench/suite.hpp"

namespace trilane::bench {

/// One run of the suite, step by step, so that a terminal and a page can show progress, stop it and come up for air.
class Runner {
 public:
  /// Counts are those of the thread that makes it, and so must run it. Throws as make_suite().
  explicit Runner(SuiteOptions options, CounterSystem counters = this_system());

  [[nodiscard]] const std::vector<Case>& cases() const { return cases_; }
  [[nodiscard]] double timer_resolution_ns() const { return tick_ns_; }
  [[nodiscard]] const std::string& why_no_counters() const { return counters_.why_not(); }

  void calibrate(unsigned threads, const std::function<void(double)>& progress = {});
  [[nodiscard]] const Calibration& calibration() const { return calibration_; }

  /// Does all of run(index) that comes before the first sample, for that run to begin with it. One case is ready at a time.
  /// Throws as run().
  void prepare(std::size_t index);

  /// Checks the output of case `index` against the scalar arch's, then measures it; counts come after the last sample. Throws corrupt_data if it is wrong. Run
  /// again, the last figure counts. Cases may run in any order. The reference holds until the case runs again.
  const Benchmark& run(std::size_t index);

  /// Seconds that the cases not yet run will take, judged by those that were; none before the first.
  [[nodiscard]] std::optional<double> seconds_left() const;

  /// What ran so far, in the order of cases(). `created` is UTC, ISO 8601; the timer and the fingerprint are filled in.
  [[nodiscard]] Baseline baseline(Environment environment, std::string created) const;

 private:
  /// A case whose output is right, ready to be timed.
  struct Ready {
    std::size_t index;
    std::unique_ptr<Job> job;
    std::string digest;
  };

  SuiteOptions options_;
  std::vector<Case> cases_;
  Counters counters_;
  double tick_ns_;
  Plan plan_;
  Calibration calibration_;
  std::map<std::size_t, Benchmark> benchmarks_;           // by index of their case
  std::map<std::string, std::string> reference_digests_;  // of the scalar arch, by case name
  std::optional<Ready> ready_;
  double seconds_spent_ = 0;
};

}  // namespace trilane::bench
