// An A/B comparison, driven by launches of known truth and a clock that the test winds.

#include <functional>

#include "bench/ab.hpp"
#include "bench_support.hpp"
#include "random.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using trilane::test::Random;

namespace {

/// A launch in which each case takes the time that `ns` gives for it, in the fastest of three samples. Without estimates of
/// its own: they take long, and an A/B comparison makes them anew.
Baseline launch(const std::vector<std::string>& cases, const std::function<double(const std::string&)>& ns) {
  static const Benchmark any = test::benchmark("gemv/a", "avx2", {{1, 1, 1}});
  std::vector<Benchmark> all(cases.size(), any);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const double time = ns(cases[i]);
    all[i].name = cases[i];
    all[i].launches = {{{1, 1, 1}, {time, time * 1.5, time * 3}}};
  }
  return test::baseline(std::move(all));
}

const std::vector<std::string> three = {"gemv/a", "gemv/b", "gemv/c"};

/// A comparison of `cases` with pairs of 1 s, in which the new side takes `slowdown(case, pair)` times as long. What the
/// comparison wants is what it gets.
struct Run {
  AbOptions options = {};
  std::vector<std::string> cases = three;
  double noise = 0.005;
  std::function<double(const std::string&, std::size_t)> slowdown = [](const std::string&, std::size_t) { return 1.0; };
  std::uint64_t seed = 1;
  bool with_estimates = true;  ///< of both sides' launches: they take most of the time, and no verdict needs them

  Comparison comparison = {};
  Baseline base = {};
  Baseline changed = {};
  std::vector<std::string> wanted = {};

  void go() {
    Random random(seed);
    Ab ab(options);
    while (!ab.done()) {
      wanted.push_back(ab.wanted_cases());
      std::vector<std::string> here;
      for (const std::string& name : cases) {
        if (Expression(wanted.back()).found_in(name)) here.push_back(name);
      }
      const auto time = [&](const std::string&) { return 1000 * std::exp(noise * random.normal()); };
      const auto slow = [&](const std::string& name) { return time(name) * slowdown(name, ab.pairs()); };
      // One after the other: compilers differ in which argument they make first, and the random numbers would with them.
      Baseline base_launch = launch(here, time);
      Baseline new_launch = launch(here, slow);
      ab.add(std::move(base_launch), std::move(new_launch), static_cast<double>(ab.pairs() + 1));
    }
    const auto same = [](const std::string&) { return 1000.0; };
    base = with_estimates ? ab.base() : launch(cases, same);
    changed = with_estimates ? ab.changed() : base;
    comparison = ab.comparison(base, changed);
  }
  [[nodiscard]] const Pair& pair(std::size_t i) const { return comparison.pairs.at(i); }
};

bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_ab)

BOOST_AUTO_TEST_CASE(the_same_build_passes_before_the_budget_ends) {
  Run run;
  run.go();
  for (const Pair& pair : run.comparison.pairs) {
    BOOST_TEST((pair.verdict == Verdict::pass));
    BOOST_TEST(pair.note.empty());
  }
  BOOST_TEST(run.comparison.judged == 3U);
  BOOST_TEST(run.wanted.size() < 30U);
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 0);
  BOOST_TEST(run.base.suite.launches == run.wanted.size());
}

BOOST_AUTO_TEST_CASE(a_slower_case_is_measured_again_and_confirmed) {
  Run run;
  run.slowdown = [](const std::string& name, std::size_t) { return name == "gemv/b" ? 1.08 : 1.0; };
  run.go();
  BOOST_TEST((run.pair(0).verdict == Verdict::pass));
  BOOST_TEST((run.pair(1).verdict == Verdict::regressed));
  BOOST_TEST(holds(run.pair(1).note, "confirmed: first 1.0"));
  BOOST_TEST(run.pair(1).ratio.lower > 1.02);
  BOOST_TEST(run.wanted.front().empty());
  BOOST_TEST(run.wanted.back() == "^(gemv/b)$");
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 1);
  // Both measurements' launches are in the baselines.
  BOOST_TEST(run.base.benchmarks[1].launches.size() >= 10U);
}

BOOST_AUTO_TEST_CASE(a_faster_case_improves) {
  Run run;
  run.slowdown = [](const std::string& name, std::size_t) { return name == "gemv/b" ? 0.9 : 1.0; };
  run.go();
  BOOST_TEST((run.pair(1).verdict == Verdict::improved));
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 0);
}

/// Noise without chance: each of the first `noisy` pairs is off by ±`off`, so that a test knows the intervals.
std::function<double(const std::string&, std::size_t)> slower(const std::string& which, double ratio, double off,
                                                              std::size_t noisy = 1000) {
  return [=](const std::string& name, std::size_t pair) {
    const double now = pair < noisy ? off : 0;
    return name == which ? ratio * std::exp(pair % 2 == 0 ? now : -now) : 1.0;
  };
}

// With 30 % of the budget left, 1.031 (1.015 … 1.046) was called a pass: its interval excludes 5 %.
BOOST_AUTO_TEST_CASE(a_ratio_beyond_the_effect_uses_up_the_budget) {
  Run run;
  run.cases = {"gemv/b"};
  run.noise = 0;
  run.options.budget_s = 20;
  run.slowdown = slower("gemv/b", 1.031, 0.011);
  run.go();
  BOOST_TEST(run.wanted.size() == 20U);
  BOOST_TEST(run.pair(0).ratio.lower > 1);
  BOOST_TEST(run.pair(0).ratio.upper < 1.05);
  BOOST_TEST((run.pair(0).verdict == Verdict::inconclusive));
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 0);
  run.options.compare.require_verdict = true;
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 2);
}

BOOST_AUTO_TEST_CASE(a_small_change_for_certain_is_no_failure) {
  for (const double ratio : {1.01, 1 / 1.01}) {
    Run run;
    run.noise = 0.001;
    run.slowdown = [=](const std::string&, std::size_t) { return ratio; };
    run.options.compare.require_verdict = true;
    run.go();
    for (const Pair& pair : run.comparison.pairs) {
      BOOST_TEST(name(pair.verdict) == name(ratio > 1 ? Verdict::slower : Verdict::faster));
    }
    BOOST_TEST(run.wanted.size() < 10U);
    BOOST_TEST(run.comparison.exit_code(run.options.compare) == 0);
  }
}

// At 70 % of the budget, after 28 pairs, the lower bound is 1.018, at 85 % 1.021: the rest is enough to confirm it.
BOOST_AUTO_TEST_CASE(a_late_regression_is_confirmed) {
  Run run;
  run.cases = {"gemv/b"};
  run.noise = 0;
  run.options.budget_s = 40;
  run.slowdown = slower("gemv/b", 1.05, 0.036, 28);
  run.go();
  BOOST_TEST((run.pair(0).verdict == Verdict::regressed));
  BOOST_TEST(run.base.suite.launches == 40U);
  BOOST_TEST(holds(run.pair(0).note, "confirmed: first 1.05"));
}

BOOST_AUTO_TEST_CASE(a_regression_that_shows_at_the_end_is_inconclusive) {
  Run run;
  run.cases = {"gemv/b"};
  run.noise = 0;
  run.options.budget_s = 40;
  run.slowdown = slower("gemv/b", 1.05, 0.037, 34);
  run.go();
  BOOST_TEST(run.wanted.size() == 40U);
  BOOST_TEST((run.pair(0).verdict == Verdict::inconclusive));
  BOOST_TEST(holds(run.pair(0).note, "regressed, but no time was left to confirm it"));
}

BOOST_AUTO_TEST_CASE(open_cases_go_on_when_the_suspects_are_confirmed) {
  Run run;
  run.noise = 0;
  run.options.budget_s = 40;
  run.slowdown = [&](const std::string& name, std::size_t pair) {
    return name == "gemv/a" ? 1.1 : slower("gemv/b", 1.03, 0.05)(name, pair);
  };
  run.go();
  BOOST_TEST((run.pair(0).verdict == Verdict::regressed));
  BOOST_TEST((run.pair(1).verdict == Verdict::inconclusive));
  BOOST_TEST((run.pair(2).verdict == Verdict::pass));
  BOOST_TEST(run.wanted.size() == 40U);
  BOOST_TEST(run.wanted.at(28) == "^(gemv/a)$");
  BOOST_TEST(run.wanted.back() == "^(gemv/b)$");
}

BOOST_AUTO_TEST_CASE(what_a_second_measurement_does_not_confirm_is_inconclusive) {
  Run run;
  run.slowdown = [](const std::string& name, std::size_t pair) { return name == "gemv/b" && pair < 10 ? 1.08 : 1.0; };
  run.go();
  BOOST_TEST((run.pair(1).verdict == Verdict::inconclusive));
  BOOST_TEST(holds(run.pair(1).note, "regressed first"));
  BOOST_TEST(holds(run.pair(1).note, "not confirmed"));
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 0);
  run.options.compare.require_verdict = true;
  BOOST_TEST(run.comparison.exit_code(run.options.compare) == 2);
}

BOOST_AUTO_TEST_CASE(a_budget_that_is_too_short_gives_no_verdict) {
  Run run;
  run.options.budget_s = 3.5;
  run.go();
  BOOST_TEST(run.wanted.size() == 3U);
  BOOST_TEST(run.comparison.judged == 0U);
  for (const Pair& pair : run.comparison.pairs) {
    BOOST_TEST((pair.verdict == Verdict::inconclusive));
    BOOST_TEST(holds(pair.note, "only 3 pairs"));
  }
}

BOOST_AUTO_TEST_CASE(a_change_with_no_time_left_to_confirm_is_inconclusive) {
  Run run;
  run.options.budget_s = 5;
  run.slowdown = [](const std::string&, std::size_t) { return 1.3; };
  run.go();
  BOOST_TEST((run.pair(0).verdict == Verdict::inconclusive));
  BOOST_TEST(holds(run.pair(0).note, "no time was left"));
}

BOOST_AUTO_TEST_CASE(pairs_can_be_limited) {
  Run run;
  run.options.most_pairs = 6;
  run.options.budget_s = 1e6;
  run.noise = 0.1;
  run.go();
  BOOST_TEST(run.wanted.size() == 6U);
}

BOOST_AUTO_TEST_CASE(a_launch_counts_by_its_fastest_sample) {
  Ab ab({.most_pairs = 5});
  for (std::size_t i = 0; i < 5; ++i) {
    Baseline base = test::baseline({test::benchmark("gemv/a", "avx2", {{100, 300, 300}})});
    Baseline changed = test::baseline({test::benchmark("gemv/a", "avx2", {{900, 101, 900}})});
    ab.add(std::move(base), std::move(changed), static_cast<double>(i));
  }
  const Baseline base = ab.base();
  const Baseline changed = ab.changed();
  BOOST_TEST(ab.comparison(base, changed).pairs.at(0).ratio.point == 1.01, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(other_outputs_end_it_at_once) {
  Ab ab({});
  Baseline changed = launch(three, [](const std::string&) { return 1000.0; });
  const Baseline base = changed;
  changed.benchmarks[2].output_digest = "xxh3:0000000000000000";
  ab.add(base, changed, 1);
  BOOST_TEST(ab.done());
  const Comparison comparison = ab.comparison(base, changed);
  BOOST_TEST(comparison.digest_errors.size() == 1U);
  BOOST_TEST(comparison.exit_code({}) == 3);
}

BOOST_AUTO_TEST_CASE(an_output_that_changes_between_launches_is_an_error) {
  Ab ab({});
  Baseline good = launch(three, [](const std::string&) { return 1000.0; });
  Baseline bad = good;
  bad.benchmarks[0].output_digest = "xxh3:0000000000000000";
  ab.add(good, good, 1);
  test::require_error([&] { ab.add(good, bad, 2); }, ErrorCode::corrupt_data, {"gemv/a"});
}

BOOST_AUTO_TEST_CASE(cases_of_one_side_are_named_and_none_in_common_is_an_error) {
  const auto same = [](const std::string&) { return 1000.0; };
  Ab ab({.budget_s = 0.5});
  ab.add(launch({"gemv/a", "gemv/b"}, same), launch({"gemv/b", "gemv/c"}, same), 1);
  const Baseline base = ab.base();
  const Baseline changed = ab.changed();
  const Comparison comparison = ab.comparison(base, changed);
  BOOST_TEST(comparison.only_a.size() == 1U);
  BOOST_TEST(comparison.only_b.size() == 1U);
  Ab none({});
  test::require_error([&] { none.add(launch({"gemv/a"}, same), launch({"gemv/c"}, same), 1); }, ErrorCode::corrupt_data,
                      {"no case in common"});
}

BOOST_AUTO_TEST_CASE(another_compiler_may_be_the_change) {
  Baseline base = launch(three, [](const std::string&) { return 1000.0; });
  Baseline changed = base;
  changed.environment.fingerprint = "another";
  Ab ab({});
  BOOST_CHECK_NO_THROW(ab.add(base, changed, 1));
}

BOOST_AUTO_TEST_CASE(names_are_wanted_as_they_are) {
  Run run;
  run.cases = {"gemv/i2_s/layer.0(a|b)+[x]", "gemv/i2_s/layerX0", "gemv/c{2}^$\\"};
  run.noise = 0.1;
  run.options.most_pairs = 6;
  run.go();
  const Expression expression(run.wanted.back());
  for (const std::string& name : run.cases) BOOST_TEST(expression.found_in(name));
  BOOST_TEST(!expression.found_in("gemv/i2_s/layer/0ab"));
}

// The hardest of what is no regression: all cases slower by just the minimum effect. In at most 2.5 % of the runs, 5 of
// 200, the first measurement puts any interval above it; fewer are confirmed.
BOOST_AUTO_TEST_CASE(the_whole_procedure_rarely_cries_wolf) {
  std::size_t suspects = 0;
  std::size_t alarms = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Run run;
    run.seed = seed;
    run.with_estimates = false;
    run.noise = 0.01;
    run.options.most_pairs = 12;
    run.slowdown = [](const std::string&, std::size_t) { return 1.02; };
    run.go();
    for (const Pair& pair : run.comparison.pairs) {
      if (pair.verdict == Verdict::pass) BOOST_REQUIRE(pair.ratio.lower <= 1 && pair.ratio.point <= 1.02);
      const bool alarm = is_change(pair.verdict);
      alarms += alarm ? 1 : 0;
      suspects += alarm || holds(pair.note, "not confirmed") ? 1 : 0;
    }
  }
  BOOST_TEST(suspects >= 1U);
  BOOST_TEST(suspects <= 11U);  // three standard deviations above 5
  BOOST_TEST(alarms <= 5U);
  BOOST_TEST(alarms < suspects);
}

// What happens to the machine during the first measurement alone is no verdict.
BOOST_AUTO_TEST_CASE(a_disturbance_that_ends_is_not_confirmed) {
  std::size_t alarms = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Run run;
    run.seed = seed;
    run.with_estimates = false;
    run.options.most_pairs = 12;
    run.slowdown = [](const std::string& name, std::size_t pair) { return name == "gemv/b" && pair < 5 ? 1.1 : 1.0; };
    run.go();
    if (is_change(run.pair(1).verdict)) ++alarms;
  }
  BOOST_TEST(alarms == 0U);
}

// It is a wrong option (status 4), not a launch that cannot be compared (3).
BOOST_AUTO_TEST_CASE(a_minimum_effect_that_is_too_complex) {
  AbOptions options;
  options.compare.effects = parse_minimum_effects(R"({"^(a+)+$": 3})", "e.json");
  Ab ab(options);
  const Baseline both = launch({std::string(100, 'a') + "b"}, [](const std::string&) { return 100.0; });
  trilane::test::require_error([&] { ab.add(both, both, 1); }, ErrorCode::overflow, {"'^(a+)+$'", "too many steps"});
}

BOOST_AUTO_TEST_SUITE_END()
