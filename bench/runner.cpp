#include "bench/runner.hpp"

#include <cmath>
#include <utility>

#include "bench/calibration.hpp"
#include "bench/clock.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

namespace {

std::string scalar_digest(const Case& wanted) {
  const auto job = wanted.operation->prepare(wanted.format, wanted.input, find_arch("scalar"));
  job->run();
  return job->output_digest();
}

/// The tier of the code that is timed. A JIT does not say.
#ifdef __EMSCRIPTEN__
constexpr const char* compiled = "unknown";
#else
constexpr const char* compiled = "ahead-of-time";
#endif

}  // namespace

Runner::Runner(SuiteOptions options, CounterSystem counters)
    : options_(std::move(options)),
      cases_(make_suite(options_)),
      counters_(std::move(counters)),
      tick_ns_(measure_tick_ns()),
      plan_(plan_for(tick_ns_, options_.quick)) {}

void Runner::calibrate(unsigned threads, const std::function<void(double)>& progress) {
  calibration_ = bench::calibrate(threads, options_.quick, progress);
}

void Runner::prepare(std::size_t index) {
  const double start = now_ns();
  ready_.reset();  // its memory first
  const Case& chosen = cases_.at(index);
  std::string& reference = reference_digests_[chosen.name];
  if (reference.empty()) reference = scalar_digest(chosen);
  Ready ready{index, chosen.operation->prepare(chosen.format, chosen.input, chosen.arch), {}};
  ready.job->run();
  ready.digest = ready.job->output_digest();
  if (ready.digest != reference) {
    throw Error(ErrorCode::corrupt_data, chosen.name + " on " + std::string(chosen.arch.name()) +
                                             " computes something else (" + ready.digest + ") than scalar (" +
                                             reference + "): the kernel is wrong, and its time means nothing");
  }
  ready_ = std::move(ready);
  seconds_spent_ += (now_ns() - start) * 1e-9;
}

const Benchmark& Runner::run(std::size_t index) {
  if (!ready_ || ready_->index != index) prepare(index);
  const Ready ready = std::move(*ready_);
  ready_.reset();
  const double start = now_ns();
  const Case& chosen = cases_.at(index);

  Benchmark result;
  result.name = chosen.name;
  result.arch = chosen.arch.name();
  result.op = chosen.operation->name;
  result.format = chosen.format_name();
  result.shape = chosen.input.shape;
  result.threads = chosen.input.threads;
  const Work work = chosen.work();
  result.elements = work.elements;
  result.bytes_read = work.bytes_read;
  result.bytes_written = work.bytes_written;
  if (!calibration_.bandwidth.empty()) result.roofline = roofline_of(calibration_, result);
  result.compiled = compiled;
  result.output_digest = ready.digest;
  result.launches.push_back(sample(*ready.job, plan_));
  result.estimates = estimate(result.launches);
  result.outliers = find_outliers(result.launches);
  if (result.threads == 1) {
    constexpr double least_counted_ns = 1e6;
    const double iterations = std::ceil(least_counted_ns / result.estimates.median.point);
    result.counters = counters_.count(*ready.job, static_cast<std::size_t>(iterations));
  }
  Benchmark& kept = benchmarks_[index] = std::move(result);
  seconds_spent_ += (now_ns() - start) * 1e-9;
  return kept;
}

std::optional<double> Runner::seconds_left() const {
  if (benchmarks_.empty()) return std::nullopt;
  const auto done = static_cast<double>(benchmarks_.size());
  return seconds_spent_ / done * (static_cast<double>(cases_.size()) - done);
}

Baseline Runner::baseline(Environment environment, std::string created) const {
  Baseline baseline;
  baseline.created = std::move(created);
  baseline.build = this_build();
  baseline.environment = std::move(environment);
  baseline.environment.timer_resolution_ns = tick_ns_;
  baseline.environment.fingerprint = fingerprint_of(baseline.environment, baseline.build);
  baseline.calibration = calibration_;
  baseline.suite.name = options_.weights == nullptr ? "default" : "weights";
  baseline.suite.seed = suite_seed;
  if (options_.weights != nullptr) baseline.suite.weights = options_.weights->digest;
  for (const auto& [index, benchmark] : benchmarks_) baseline.benchmarks.push_back(benchmark);
  return baseline;
}

}  // namespace trilane::bench
