// What sequential.hpp promises, by simulation: pairs of known truth, seeded, without a clock.

#include <functional>

#include "bench/sequential.hpp"
#include "random.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using trilane::test::Random;

namespace {

/// The logarithm of a pair's ratio, apart from the truth.
using Disturbance = std::function<double(Random&)>;

Disturbance normal(double deviation) {
  return [=](Random& random) { return deviation * random.normal(); };
}

/// In one pair of seven, one of the two launches is disturbed as a whole and takes up to a third longer.
Disturbance disturbed(double deviation) {
  return [=](Random& random) {
    const double off = random.uniform() < 1.0 / 7 ? 0.3 * random.uniform() : 0;
    return deviation * random.normal() + (random.uniform() < 0.5 ? off : -off);
  };
}

struct Shares {
  double alarms = 0;  ///< of families in which a case that did not change is regressed or improved
  double misses = 0;  ///< of families in which the interval of a case that did not change is on one side of 1
  double found = 0;   ///< of families in which case 0 regressed
  double passed = 0;  ///< of families in which case 0 passed
  double pairs = 0;   ///< on average, until case 0 was judged for good
};

/// Looks when Ab does, where each pair takes as long as the next.
void look_where_due(SequentialTest& test, std::size_t pair, std::size_t most) {
  const auto share_of = [&](std::size_t pairs) { return static_cast<double>(pairs) / static_cast<double>(most); };
  const auto is_last_before = [&](double mark) { return share_of(pair) <= mark && share_of(pair + 1) > mark; };
  const double share = share_of(pair);
  if (pair < least_launches) return;
  if (pair == most || is_last_before(0.7) || is_last_before(0.85)) {
    test.look(share, SequentialTest::Wanted::verdict);
  } else if (SequentialTest::is_due(pair, share / 0.7)) {
    test.look(share, SequentialTest::Wanted::certainty);
  }
}

bool is_beside(const Estimate& ratio) { return ratio.lower > 1 || ratio.upper < 1; }

/// A pass says neither that there is a change, nor that there may be one.
bool is_honest(const Judgement& judgement, double minimum_effect) {
  const Estimate& ratio = judgement.ratio;
  return judgement.verdict != Verdict::pass ||
         (!is_beside(ratio) && ratio.point <= 1 + minimum_effect && ratio.point >= 1 / (1 + minimum_effect) &&
          is_within(ratio, 2.5 * minimum_effect));
}

/// Families of cases, of which only case 0 is slower, looked at whenever one may within a budget of `most` pairs.
Shares run(const Disturbance& noise, double slowdown, std::size_t cases, std::size_t most, std::size_t families,
           double minimum_effect) {
  Random random(2026);
  const double one = 1 / static_cast<double>(families);
  Shares shares;
  for (std::size_t family = 0; family < families; ++family) {
    SequentialTest test(std::vector<double>(cases, minimum_effect));
    for (std::size_t pair = 1; pair <= most && test.open() > 0; ++pair) {
      for (std::size_t i = 0; i < cases; ++i) test.add(i, noise(random) + (i == 0 ? std::log(slowdown) : 0));
      look_where_due(test, pair, most);
    }
    bool alarm = false;
    bool miss = false;
    for (std::size_t i = 0; i < cases; ++i) {
      const Judgement& judgement = test.judgement(i);
      BOOST_REQUIRE(is_honest(judgement, minimum_effect));
      if (i == 0 && slowdown > 1) continue;
      alarm = alarm || is_change(judgement.verdict);
      miss = miss || (judgement.pairs >= least_launches && is_beside(judgement.ratio));
    }
    const Judgement& first = test.judgement(0);
    if (alarm) shares.alarms += one;
    if (miss) shares.misses += one;
    if (first.verdict == Verdict::regressed) shares.found += one;
    if (first.verdict == Verdict::pass) shares.passed += one;
    shares.pairs += static_cast<double>(first.pairs) * one;
  }
  return shares;
}

constexpr double stated = 0.05;
constexpr double default_effect = 0.02;
/// So small that every interval beside 1 is a verdict: the intervals alone hold the rate.
constexpr double no_effect = 1e-9;
/// Three standard deviations of a share of 0.05 over 2000 families: √(0.05·0.95/2000) = 0.0049. What a test must tell from 5 % is
/// what looks at the whole of α would give, 15 % and more, 20 of these deviations away: fewer draws would do, and these are quick.
constexpr double chance = 0.0147;
constexpr std::size_t families = 2000;

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_sequential)

BOOST_AUTO_TEST_CASE(looks_are_due_ever_more_rarely) {
  std::vector<std::size_t> due;
  for (std::size_t pairs = 1; pairs <= 60; ++pairs) {
    if (SequentialTest::is_due(pairs, 0.1)) due.push_back(pairs);
  }
  const std::vector<std::size_t> expected = {5, 7, 10, 14, 20, 28, 40, 57};
  BOOST_TEST(due == expected, boost::test_tools::per_element());
  BOOST_TEST(!SequentialTest::is_due(10, 0.71));
}

BOOST_AUTO_TEST_CASE(many_looks_hold_the_stated_rate) {
  // Looking at each with the whole of α would give three times as many.
  for (const std::size_t cases : {std::size_t{1}, std::size_t{12}}) {
    const double share = run(normal(0.03), 1, cases, 60, families, no_effect).alarms;
    BOOST_TEST(share < stated + chance);
    BOOST_TEST(share > 0.01);
  }
}

BOOST_AUTO_TEST_CASE(one_look_at_the_end_has_all_of_it) {
  const double share = run(normal(0.03), 1, 1, 5, 4 * families, no_effect).alarms;
  BOOST_TEST(share < stated + chance / 2);
  BOOST_TEST(share > stated - chance / 2);
}

// Where trimming begins, and at the levels of a family of a hundred: an interval in 2000 may miss, 200 of 400,000. Student's
// t alone would let 330 miss.
BOOST_AUTO_TEST_CASE(trimmed_means_hold_far_levels) {
  constexpr std::size_t cases = 100;
  std::size_t missed = 0;
  Random random(7);
  for (const std::size_t pairs : {7U, 10U, 12U, 20U}) {
    for (int family = 0; family < 1000; ++family) {
      SequentialTest test(std::vector<double>(cases, no_effect));
      for (std::size_t i = 0; i < cases; ++i) {
        for (std::size_t pair = 0; pair < pairs; ++pair) test.add(i, 0.01 * random.normal());
      }
      test.look(1, SequentialTest::Wanted::verdict);
      for (std::size_t i = 0; i < cases; ++i) missed += is_change(test.judgement(i).verdict) ? 1 : 0;
    }
  }
  BOOST_TEST(missed > 50U);
  BOOST_TEST(missed < 242U);  // three standard deviations above 200
}

BOOST_AUTO_TEST_CASE(disturbed_launches_hold_it_too) {
  for (const std::size_t most : {std::size_t{8}, std::size_t{12}, std::size_t{60}}) {
    BOOST_TEST(run(disturbed(0.01), 1, 12, most, families, no_effect).alarms < stated + chance);
  }
}

BOOST_AUTO_TEST_CASE(a_minimum_effect_makes_alarms_rare) {
  for (const Disturbance& noise : {normal(0.01), normal(0.03), disturbed(0.01)}) {
    BOOST_TEST(run(noise, 1, 12, 40, families, default_effect).alarms < 0.01);
  }
}

// An interval on one side of 1 is "slower within tolerance" or worse, and wrong. Looking on after 70 % keeps that rate, too.
BOOST_AUTO_TEST_CASE(certain_changes_hold_the_stated_rate) {
  for (const Disturbance& noise : {normal(0.01), disturbed(0.01)}) {
    BOOST_TEST(run(noise, 1, 12, 40, families, default_effect).misses < stated + chance);
  }
}

BOOST_AUTO_TEST_CASE(five_percent_are_found_soon) {
  const Shares quiet = run(normal(0.01), 1.05, 1, 60, 500, default_effect);
  BOOST_TEST(quiet.found > 0.98);
  BOOST_TEST(quiet.pairs < 15);
  BOOST_TEST(run(normal(0.01), 1.05, 20, 60, 200, default_effect).found > 0.98);
}

BOOST_AUTO_TEST_CASE(five_percent_are_found_though_launches_are_disturbed) {
  const Shares shares = run(disturbed(0.01), 1.05, 1, 60, 500, default_effect);
  BOOST_TEST(shares.found > 0.98);
  BOOST_TEST(shares.passed == 0);
}

BOOST_AUTO_TEST_CASE(too_much_noise_is_no_pass) {
  BOOST_TEST(run(normal(0.1), 1.05, 12, 20, 500, default_effect).passed < 0.01);
}

BOOST_AUTO_TEST_CASE(four_pairs_say_nothing) {
  SequentialTest test({default_effect});
  for (int i = 0; i < 4; ++i) test.add(0, 1);
  test.look(1, SequentialTest::Wanted::verdict);
  BOOST_TEST((test.judgement(0).verdict == Verdict::inconclusive));
  BOOST_TEST(test.judgement(0).pairs == 4U);
}

// Pairs that spread by ±2 % around no change: the interval, about ±3 %, excludes 5 %, but is not within the minimum effect.
BOOST_AUTO_TEST_CASE(what_only_excludes_5_percent_ends_late) {
  SequentialTest test({default_effect});
  for (int i = 0; i < 6; ++i) test.add(0, i % 2 == 0 ? 0.02 : -0.02);
  test.look(0.5, SequentialTest::Wanted::certainty);
  BOOST_TEST((test.judgement(0).verdict == Verdict::pass));
  BOOST_TEST(test.open() == 1U);
  test.look(0.9, SequentialTest::Wanted::verdict);
  BOOST_TEST(test.open() == 0U);
}

// The same around 3 %: a minimum effect is excluded neither way, so that it goes on even then.
BOOST_AUTO_TEST_CASE(a_ratio_beyond_the_effect_stays_open) {
  SequentialTest test({default_effect});
  for (int i = 0; i < 20; ++i) test.add(0, std::log(1.031) + (i % 2 == 0 ? 0.011 : -0.011));
  test.look(0.7, SequentialTest::Wanted::verdict);
  const Judgement& judgement = test.judgement(0);
  BOOST_TEST(judgement.ratio.lower > 1);
  BOOST_TEST(judgement.ratio.upper < 1.05);
  BOOST_TEST((judgement.verdict == Verdict::inconclusive));
  BOOST_TEST(!judgement.settled);
}

BOOST_AUTO_TEST_CASE(what_is_settled_stays) {
  SequentialTest test({default_effect, default_effect});
  for (int i = 0; i < 5; ++i) {
    test.add(0, 0);
    test.add(1, i % 2 == 0 ? 0.2 : -0.2);
  }
  test.look(0.2, SequentialTest::Wanted::certainty);
  BOOST_TEST(test.judgement(0).settled);
  BOOST_TEST(test.open() == 1U);
  for (int i = 0; i < 5; ++i) test.add(0, 1);
  test.look(1, SequentialTest::Wanted::verdict);
  BOOST_TEST((test.judgement(0).verdict == Verdict::pass));
  BOOST_TEST(test.judgement(0).pairs == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
