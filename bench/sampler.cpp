#include "bench/sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "bench/clock.hpp"

namespace trilane::bench {

namespace {

/// The time of `iterations` calls. Each is a call of its own: a JIT swaps better code in between calls only.
double time_ns(Job& job, std::size_t iterations) {
  const double start = now_ns();
  for (std::size_t i = 0; i < iterations; ++i) {
    job.run();
    asm volatile("" : : : "memory");  // the output counts as read
  }
  return now_ns() - start;
}

/// As many as the plan says, fewer if an iteration is so long that they would not end.
std::size_t samples_of(const Plan& plan, double iteration_ns) {
  const double affordable = plan.most_ns / std::max(1.5 * plan.sample_ns, iteration_ns);
  return std::max(plan.least_samples, std::min(plan.samples, static_cast<std::size_t>(affordable)));
}

/// Runs batches until the medians of two windows of them in a row agree. Returns the time of an iteration then.
double warm_up(Job& job, const Plan& plan) {
  constexpr std::size_t window = 5;
  constexpr double flat = 0.02;
  const double start = now_ns();
  const double batch_ns = plan.sample_ns / 4;
  std::size_t iterations = 1;
  double before = 0;
  for (;;) {
    std::array<double, window> batches{};
    for (double& batch : batches) {
      double taken = time_ns(job, iterations);
      while (taken < batch_ns) {
        iterations = taken <= 0 ? iterations * 10
                                : static_cast<std::size_t>(std::ceil(static_cast<double>(iterations) *
                                                                     std::clamp(batch_ns / taken, 1.2, 10.0)));
        taken = time_ns(job, iterations);
      }
      batch = taken / static_cast<double>(iterations);
      if (now_ns() - start >= plan.most_warm_up_ns) return batch;
    }
    const double now = median(batches);
    const double spent = now_ns() - start;
    const bool settled = before != 0 && now > before * (1 - flat);
    if ((settled && spent >= plan.warm_up_ns) || spent >= plan.most_warm_up_ns) return now;
    before = now;
  }
}

}  // namespace

Plan plan_for(double tick_ns, bool quick) {
  constexpr double ms = 1e6;
  const double least = 1000 * tick_ns;
  if (quick) {
    return {.samples = 12,
            .least_samples = 3,
            .most_ns = 200 * ms,
            .sample_ns = std::max(least, 1 * ms),
            .warm_up_ns = 20 * ms,
            .most_warm_up_ns = 300 * ms};
  }
  return {.samples = 20,
          .least_samples = 5,
          .most_ns = 1500 * ms,
          .sample_ns = std::max(least, 10 * ms),
          .warm_up_ns = 50 * ms,
          .most_warm_up_ns = 2000 * ms};
}

Launch sample(Job& job, const Plan& plan) {
  const double iteration_ns = warm_up(job, plan);
  const double fill = std::max(1.0, std::ceil(plan.sample_ns / iteration_ns));
  const std::size_t samples = samples_of(plan, iteration_ns);
  Launch launch;
  for (std::size_t i = 0; i < samples; ++i) {
    const double extra = fill * static_cast<double>(i) / static_cast<double>(samples - 1);
    launch.iterations.push_back(fill == 1 ? 1 : std::floor(fill + extra));
  }
  launch.times_ns.resize(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    launch.times_ns[i] = time_ns(job, static_cast<std::size_t>(launch.iterations[i]));
  }
  return launch;
}

double estimated_ns(const Plan& plan, double iteration_ns) {
  const double sample = std::max(1.5 * plan.sample_ns, iteration_ns);
  const double warm_up = std::clamp(10 * sample / 4, plan.warm_up_ns, std::max(plan.most_warm_up_ns, iteration_ns));
  return warm_up + static_cast<double>(samples_of(plan, iteration_ns)) * sample;
}

}  // namespace trilane::bench
