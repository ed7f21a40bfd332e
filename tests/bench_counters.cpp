// What counters.hpp says, with a system that counts as it is told, and with this machine's, whatever it lends.

#include "bench/counters.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <deque>
#include <vector>

#include "bench/runner.hpp"
#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;

namespace {

using Event = CounterSystem::Event;
using Command = CounterSystem::Command;

/// Two counters that see so much an iteration, and so much around each run.
struct FakeProcessor {
  int error_of_instructions = 0;
  int error_of_cycles = 0;
  bool starts = true;
  bool stops = true;
  std::optional<int> paranoid = 2;
  std::deque<double> shares_counted = {};       ///< of the runs to come; none: 1
  std::deque<std::uint64_t> disturbances = {};  ///< added to the counts of the runs to come

  bool counting = false;
  std::uint64_t iterations = 0;
  std::vector<int> open = {};
  std::vector<std::uint64_t> words = {2, 1000000, 900000, 12345, 6789};  ///< of an earlier life

  CounterSystem system() {
    return {.open = [this](Event event, int leader) { return open_one(event, leader); },
            .control =
                [this](int leader, Command command) {
                  BOOST_TEST(leader == 10);
                  return command == Command::start ? start() : stop();
                },
            .read =
                [this](int leader, std::span<std::uint64_t> to) {
                  BOOST_TEST(leader == 10);
                  if (to.size() != words.size()) return false;
                  std::copy(words.begin(), words.end(), to.begin());
                  return true;
                },
            .close = [this](int descriptor) { std::erase(open, descriptor); },
            .paranoid = [this] { return paranoid; }};
  }

 private:
  int open_one(Event event, int leader) {
    const bool leads = event == Event::instructions;
    BOOST_TEST(leader == (leads ? -1 : 10));
    const int error = leads ? error_of_instructions : error_of_cycles;
    if (error != 0) return -error;
    open.push_back(leads ? 10 : 11);
    return open.back();
  }
  bool start() {
    BOOST_TEST(!counting);
    counting = starts;
    iterations = 0;
    return starts;
  }
  bool stop() {
    const auto next = [](auto& of, auto otherwise) {
      if (of.empty()) return otherwise;
      const auto value = of.front();
      of.pop_front();
      return value;
    };
    counting = false;
    const std::uint64_t disturbance = next(disturbances, std::uint64_t{0});
    words[1] += 1000000;
    words[2] += static_cast<std::uint64_t>(1000000 * next(shares_counted, 1.0));
    words[3] += 4000 * iterations + disturbance;
    words[4] += 1000 * iterations + disturbance;
    return stops;
  }
};

class FakeJob : public Job {
 public:
  explicit FakeJob(FakeProcessor& processor) : processor_(&processor) {}
  void run() override {
    ++calls;
    if (processor_->counting) ++processor_->iterations;
  }
  [[nodiscard]] std::string output_digest() const override { return "xxh3:0123456789abcdef"; }
  std::size_t calls = 0;

 private:
  FakeProcessor* processor_;
};

std::string why_not(int error, std::optional<int> paranoid = 2) {
  FakeProcessor processor{.error_of_instructions = error, .paranoid = paranoid};
  return Counters(processor.system()).why_not();
}

void require_contains(const std::string& text, std::string_view part) {
  BOOST_TEST(text.find(part) != std::string::npos, part << " is not in: " << text);
}

std::optional<EventCounts> counts_of(FakeProcessor processor, std::size_t iterations = 50) {
  FakeJob job(processor);
  return Counters(processor.system()).count(job, iterations);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_counters)

BOOST_AUTO_TEST_CASE(counts_are_by_iteration) {
  FakeProcessor processor;
  FakeJob job(processor);
  {
    Counters counters(processor.system());
    BOOST_TEST(counters.why_not().empty());
    BOOST_TEST(processor.open.size() == 2U);
    for (const std::size_t iterations : {std::size_t{1}, std::size_t{50}}) {
      job.calls = 0;
      BOOST_TEST((counters.count(job, iterations) == EventCounts{4000, 1000}));
      BOOST_TEST(job.calls == 3 * iterations);
    }
  }
  BOOST_TEST(processor.open.empty());
}

BOOST_AUTO_TEST_CASE(the_least_disturbed_run_counts) {
  BOOST_TEST((counts_of({.disturbances = {5000, 100, 300}}) == EventCounts{4002, 1002}));
  BOOST_TEST((counts_of({.disturbances = {0, 100, 300}}) == EventCounts{4000, 1000}));
}

BOOST_AUTO_TEST_CASE(a_run_that_was_not_counted_throughout_does_not_count) {
  BOOST_TEST((counts_of({.shares_counted = {0.5, 1, 0.998}, .disturbances = {0, 100, 0}}) == EventCounts{4002, 1002}));
  BOOST_TEST((counts_of({.shares_counted = {0.9995, 0.9995, 0.9995}}) == EventCounts{4000, 1000}));
  BOOST_TEST(!counts_of({.shares_counted = {0.5, 0, 0.9}}).has_value());
}

BOOST_AUTO_TEST_CASE(no_count_is_made_up) {
  BOOST_TEST(!counts_of({.starts = false}).has_value());
  BOOST_TEST(!counts_of({.stops = false}).has_value());
  BOOST_TEST(!counts_of({.words = {1, 0, 0, 0, 0}}).has_value());  // a group of one
  BOOST_TEST(!counts_of({.words = {2, 0, 0, 0}}).has_value());     // shorter than it must be
  FakeProcessor still;
  FakeProcessor other;
  FakeJob job(other);  // so that this one counts nothing
  BOOST_TEST(!Counters(still.system()).count(job, 50).has_value());
}

BOOST_AUTO_TEST_CASE(without_counters_nothing_runs) {
  FakeProcessor processor{.error_of_cycles = ENOENT};
  FakeJob job(processor);
  Counters counters(processor.system());
  BOOST_TEST(!counters.why_not().empty());
  BOOST_TEST(processor.open.empty());  // the one that did open is closed again
  BOOST_TEST(!counters.count(job, 50).has_value());
  BOOST_TEST(job.calls == 0U);
}

BOOST_AUTO_TEST_CASE(why_there_are_none) {
  require_contains(why_not(EACCES, 3), "perf_event_paranoid is 3");
  require_contains(why_not(EPERM, 4), "perf_event_paranoid is 4");
  for (const std::string& text : {why_not(EPERM, 2), why_not(EACCES, std::nullopt)}) {
    require_contains(text, "not permitted");
    BOOST_TEST(text.find("paranoid") == std::string::npos);
  }
  for (const int error : {ENOENT, ENODEV, EOPNOTSUPP}) require_contains(why_not(error), "no counters");
  require_contains(why_not(ENOSYS), "no perf events");
  require_contains(why_not(EMFILE), std::strerror(EMFILE));
}

BOOST_AUTO_TEST_CASE(a_run_of_the_suite_counts_cases_on_one_thread) {
  FakeProcessor processor;
  SuiteOptions options;
  options.quick = true;
  options.filter = "^gemv/i2_s/640x2560";
  options.archs = {"scalar"};
#ifndef __EMSCRIPTEN__
  options.threads = {1, 2};
#endif
  Runner runner(options, processor.system());
  BOOST_TEST(runner.why_no_counters().empty());
  for (std::size_t i = 0; i < runner.cases().size(); ++i) {
    processor.disturbances = {40000000, 40000000, 40000000};
    const Benchmark& one = runner.run(i);
    BOOST_TEST(one.counters.has_value() == (one.threads == 1), one.name);
    // The fake counts no iterations of theirs, so what it saw is the disturbance by iteration: a millisecond's worth of them.
    if (one.counters) {
      const double iterations = 40000000 / one.counters->instructions;
      BOOST_TEST(iterations == std::ceil(1e6 / one.estimates.median.point), boost::test_tools::tolerance(1e-9));
    }
  }
}

BOOST_AUTO_TEST_CASE(this_machine) {
  Counters counters;
  FakeProcessor unused;
  FakeJob job(unused);
  const auto counts = counters.count(job, 100000);
  BOOST_TEST_MESSAGE("counters: " << (counters.why_not().empty() ? "yes" : counters.why_not()));
  if (!counters.why_not().empty()) {
    BOOST_TEST(!counts.has_value());
  } else if (counts) {  // none if others hold them
    BOOST_TEST(counts->instructions > 1);
    BOOST_TEST(counts->instructions < 1000);
    BOOST_TEST(counts->cycles > 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
