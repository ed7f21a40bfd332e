// What compare.hpp promises of its verdicts, by simulation: launches of known truth, seeded, without a clock.

#include <cmath>
#include <functional>

#include "bench/compare.hpp"
#include "bench_support.hpp"
#include "random.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using trilane::test::Random;

namespace {

/// The logarithm of a launch's time, apart from the truth.
using Disturbance = std::function<double(Random&)>;

Disturbance normal(double deviation) {
  return [=](Random& random) { return deviation * random.normal(); };
}

/// One launch in ten is disturbed, and takes up to a third longer.
Disturbance disturbed(double deviation) {
  return [=](Random& random) {
    return deviation * random.normal() + (random.uniform() < 0.1 ? 0.3 * random.uniform() : 0);
  };
}

struct Side {
  std::size_t launches = 10;
  Disturbance noise;
  double slowdown = 1;     ///< of case 0
  double between_all = 0;  ///< deviation of what all cases of a launch have in common
};

Baseline simulate(const Side& side, std::size_t cases, Random& random) {
  std::vector<double> common(side.launches);
  for (double& one : common) one = side.between_all * random.normal();
  std::vector<Benchmark> all(cases);
  for (std::size_t i = 0; i < cases; ++i) {
    all[i].name = "case/" + std::to_string(i);
    all[i].arch = "avx2";
    all[i].estimates.median.point = 1000;  // judged are the launches
    for (const double together : common) {
      const double ns = 1000 * (i == 0 ? side.slowdown : 1) * std::exp(together + side.noise(random));
      all[i].launches.push_back({{1, 1, 1}, {ns * 1.001, ns, ns * 0.999}});
    }
  }
  return test::baseline(std::move(all));
}

struct Shares {
  double false_alarms = 0;  ///< of families in which a case whose times did not change is regressed or improved
  double found = 0;         ///< of families in which case 0 regressed
  double missed = 0;        ///< of families in which case 0 is neither regressed nor inconclusive
};

Shares run(const Side& a, const Side& b, std::size_t cases, std::size_t families, double minimum_effect) {
  Random random(2026);
  CompareOptions options;
  options.effects.otherwise = minimum_effect;
  const double one = 1 / static_cast<double>(families);
  Shares shares;
  for (std::size_t family = 0; family < families; ++family) {
    const Baseline left = simulate(a, cases, random);
    const Baseline right = simulate(b, cases, random);
    const Comparison comparison = compare(left, right, options);
    BOOST_REQUIRE_EQUAL(comparison.judged, cases);
    bool alarm = false;
    for (const Pair& pair : comparison.pairs) {
      const bool changed = pair.verdict == Verdict::regressed || pair.verdict == Verdict::improved;
      alarm = alarm || (changed && (pair.name != "case/0" || b.slowdown == a.slowdown));
    }
    const Verdict first = comparison.pairs.front().verdict;
    if (alarm) shares.false_alarms += one;
    if (first == Verdict::regressed) shares.found += one;
    if (first != Verdict::regressed && first != Verdict::inconclusive) shares.missed += one;
  }
  return shares;
}

constexpr double stated = 0.05;
constexpr double default_effect = 0.02;
/// So small that every interval beside 1 is a verdict: the intervals alone hold the rate.
constexpr double no_effect = 1e-9;
/// Three standard deviations of a share of 0.05 over 2000 families.
constexpr double chance = 0.0147;
constexpr std::size_t families = 2000;

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_verdicts)

BOOST_AUTO_TEST_CASE(what_an_interval_says) {
  struct Row {
    double point, lower, upper;
    Verdict verdict;
  };
  const std::vector<Row> rows = {
      {1.05, 1.03, 1.07, Verdict::regressed},
      {1.031, 1.015, 1.046, Verdict::inconclusive},  // of a kernel with 5 % of its work added: once called a pass
      {1.031, 0.99, 1.049, Verdict::inconclusive},   // its point is beyond 2 %
      {1.015, 1.005, 1.025, Verdict::inconclusive},  // slower, and perhaps by more than 2 %
      {1.01, 1.001, 1.019, Verdict::slower},
      {1, 0.99, 1.01, Verdict::pass},
      {1.01, 0.98, 1.04, Verdict::pass},  // the point is within 2 %, and 5 % is excluded
      {1.01, 0.97, 1.06, Verdict::inconclusive},
      {1, 1, 1, Verdict::pass},
      {1.02, 1.02, 1.02, Verdict::inconclusive},  // just the minimum effect
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.point << " (" << row.lower << " … " << row.upper << ")") {
      BOOST_TEST(name(verdict_of({row.point, 0, row.lower, row.upper}, default_effect)) == name(row.verdict));
      // Faster is the same, mirrored.
      Verdict mirrored = row.verdict;
      if (mirrored == Verdict::regressed) mirrored = Verdict::improved;
      if (mirrored == Verdict::slower) mirrored = Verdict::faster;
      BOOST_TEST(name(verdict_of({1 / row.point, 0, 1 / row.upper, 1 / row.lower}, default_effect)) == name(mirrored));
    }
  }
}

BOOST_AUTO_TEST_CASE(intervals_alone_hold_the_stated_rate) {
  // Without correction 20 cases would give 1 − 0.95²⁰ = 64 %. Far below 5 % would be intervals that are too wide.
  const Side side{.noise = normal(0.03)};
  const double share = run(side, side, 20, families, no_effect).false_alarms;
  BOOST_TEST(share < stated + chance);
  BOOST_TEST(share > stated - 2 * chance);
}

BOOST_AUTO_TEST_CASE(few_launches_and_unequal_sides) {
  // Five launches, where 1.96 deviations would be far too narrow; more launches and more noise on one side.
  const Side few{.launches = 5, .noise = normal(0.03)};
  BOOST_TEST(run(few, few, 8, families, no_effect).false_alarms < stated + chance);
  const Side many{.launches = 20, .noise = normal(0.06)};
  BOOST_TEST(run(few, many, 8, families, no_effect).false_alarms < stated + chance);
}

BOOST_AUTO_TEST_CASE(cases_that_move_together) {
  const Side side{.noise = normal(0.01), .between_all = 0.03};
  BOOST_TEST(run(side, side, 20, families, no_effect).false_alarms < stated + chance);
}

BOOST_AUTO_TEST_CASE(a_minimum_effect_makes_alarms_rare) {
  for (const Disturbance& noise : {normal(0.01), normal(0.03), disturbed(0.01)}) {
    const Side side{.noise = noise};
    BOOST_TEST(run(side, side, 20, families, default_effect).false_alarms < 0.01);
  }
}

BOOST_AUTO_TEST_CASE(five_percent_are_found) {
  const Side before{.noise = normal(0.01)};
  Side after = before;
  after.slowdown = 1.05;
  for (const std::size_t cases : {std::size_t{1}, std::size_t{20}}) {
    const Shares shares = run(before, after, cases, 500, default_effect);
    BOOST_TEST(shares.found > 0.98);
    BOOST_TEST(shares.missed <= stated);
    BOOST_TEST(shares.false_alarms < 0.01);
  }
}

BOOST_AUTO_TEST_CASE(too_much_noise_is_no_pass) {
  const Side before{.noise = normal(0.08)};
  Side after = before;
  after.slowdown = 1.05;
  BOOST_TEST(run(before, after, 20, 500, default_effect).missed < 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
