// What sampler.hpp and clock.hpp say; never how long anything takes.

#include "bench/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/clock.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;

namespace {

/// Counts its runs; each takes some time.
class Counted final : public Job {
 public:
  void run() override {
    ++runs;
    for (int i = 0; i < 100; ++i) asm volatile("" : : : "memory");
  }
  [[nodiscard]] std::string output_digest() const override { return ""; }

  std::size_t runs = 0;
};

/// Each run takes longer than the ones before: never flat.
class Growing final : public Job {
 public:
  void run() override {
    for (std::size_t i = 0; i < length_; ++i) asm volatile("" : : : "memory");
    length_ += 100;
  }
  [[nodiscard]] std::string output_digest() const override { return ""; }

 private:
  std::size_t length_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_sampler)

BOOST_AUTO_TEST_CASE(the_clock_ticks) {
  const double tick = measure_tick_ns();
  BOOST_TEST(tick > 0);
  double before = now_ns();
  for (int i = 0; i < 10000; ++i) {
    const double now = now_ns();
    BOOST_REQUIRE(now >= before);
    before = now;
  }
}

BOOST_AUTO_TEST_CASE(samples_span_a_thousand_ticks) {
  for (const bool quick : {false, true}) {
    for (const double tick : {20.0, 5e3, 1e5, 1e6}) {
      const Plan plan = plan_for(tick, quick);
      BOOST_TEST(plan.sample_ns >= 1000 * tick);
      BOOST_TEST(plan.samples >= 10U);
      BOOST_TEST(plan.warm_up_ns <= plan.most_warm_up_ns);
    }
  }
  const Plan quick = plan_for(20, true);
  const Plan full = plan_for(20, false);
  BOOST_TEST(quick.samples < full.samples);
  BOOST_TEST(estimated_ns(quick, 1000) < estimated_ns(full, 1000));
}

BOOST_AUTO_TEST_CASE(every_sample_is_run_as_often_as_it_says) {
  Counted job;
  const Plan plan{20, 5, 1e9, 1e5, 1e5, 1e6};
  const Launch launch = sample(job, plan);
  BOOST_TEST(launch.iterations.size() == plan.samples);
  BOOST_TEST(launch.times_ns.size() == plan.samples);
  for (const double iterations : launch.iterations) BOOST_TEST(iterations == std::floor(iterations));
  const double in_samples = std::accumulate(launch.iterations.begin(), launch.iterations.end(), 0.0);
  BOOST_TEST(static_cast<double>(job.runs) > in_samples);  // the others warmed up
  BOOST_TEST(std::is_sorted(launch.iterations.begin(), launch.iterations.end()));
  BOOST_TEST(launch.iterations.front() > 1);
  BOOST_TEST(launch.iterations.back() == 2 * launch.iterations.front());
}

BOOST_AUTO_TEST_CASE(a_job_longer_than_a_sample_runs_once_in_each) {
  Counted job;
  const Launch launch = sample(job, {5, 5, 1e9, 1, 1, 1});
  for (const double iterations : launch.iterations) BOOST_TEST(iterations == 1);
}

BOOST_AUTO_TEST_CASE(long_iterations_are_sampled_less_often) {
  Counted job;
  // No iteration ends within a picosecond: only the least number is affordable.
  BOOST_TEST(sample(job, {50, 7, 1e-3, 1, 1, 1}).times_ns.size() == 7U);
  BOOST_TEST(estimated_ns(plan_for(20, false), 10e9) == 60e9);  // one to warm up, five samples
}

BOOST_AUTO_TEST_CASE(warm_up_ends_though_times_never_settle) {
  Growing job;
  const Launch launch = sample(job, {5, 5, 1e9, 1e4, 1e4, 1e6});
  BOOST_TEST(launch.times_ns.size() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
