// What change_points.hpp and history.hpp promise, by simulation: seeded, without a clock.

#include "bench/history.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "bench_support.hpp"
#include "random.hpp"
#include "support.hpp"
#include "trilane/error.hpp"

using namespace trilane;
using namespace trilane::bench;
using boost::test_tools::tolerance;
using trilane::test::Random;

namespace {

using Disturbance = std::function<double(Random&)>;
const Disturbance quiet = [](Random& random) { return 0.015 * random.normal(); };
const Disturbance cauchy = [](Random& random) { return 0.01 * std::tan(std::numbers::pi * (random.uniform() - 0.5)); };
const Disturbance disturbed = [](Random& random) {
  return 0.01 * random.normal() + (random.uniform() < 0.1 ? 0.3 * random.uniform() : 0);
};

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

using Truth = std::function<double(std::size_t)>;  ///< the logarithm of point i's time
const Truth flat = [](std::size_t) { return 0.0; };
const Truth step_at_20 = [](std::size_t i) { return i < 20 ? 0.0 : std::log(1.05); };

std::vector<double> logs(std::size_t count, const Truth& truth, const Disturbance& noise, Random& random) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(truth(i) + noise(random));
  return values;
}

std::string two_digits(std::size_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// A baseline a column; series[s][i] is the logarithm of a time.
std::vector<StoredBaseline> saved(const std::vector<std::vector<double>>& series) {
  std::vector<StoredBaseline> all;
  for (std::size_t i = 0; i < series.front().size(); ++i) {
    StoredBaseline one{"class", "n" + std::to_string(i), test::baseline({})};
    one.baseline.created = "2026-01-01T" + two_digits(i / 60) + ":" + two_digits(i % 60) + ":00Z";
    one.baseline.build.commit = "c" + std::to_string(i);
    for (std::size_t s = 0; s < series.size(); ++s) {
      if (std::isnan(series[s][i])) continue;
      Benchmark benchmark;
      benchmark.name = "case/" + std::to_string(s);
      benchmark.arch = "avx2";
      const double ns = 1000 * std::exp(series[s][i]);
      benchmark.estimates.median = {ns, 1, ns - 2, ns + 2};
      one.baseline.benchmarks.push_back(benchmark);
    }
    all.push_back(std::move(one));
  }
  return all;
}

bool changed(const Changes& changes) { return changes.drift || !changes.steps.empty(); }

/// The share of histories of `cases` series in which anything is found; each half of the level is one test's.
double alarms(const Disturbance& noise, std::size_t points, std::size_t cases, double minimum_effect,
              std::size_t histories) {
  Random random(2026);
  ChangeFinder finder({history_level / static_cast<double>(cases), minimum_effect});
  std::size_t found = 0;
  for (std::size_t history = 0; history < histories; ++history) {
    bool any = false;
    for (std::size_t i = 0; i < cases; ++i) any = changed(finder.find(logs(points, flat, noise, random))) || any;
    found += any ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(histories);
}

/// So small that the tests alone hold the rate.
constexpr double no_effect = 1e-9;
/// Three standard deviations of a share of 0.05 over 1000 histories.
constexpr double chance = 0.0207;

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_history)

BOOST_AUTO_TEST_CASE(false_alarms_of_the_tests_alone) {
  for (const Disturbance& noise : {quiet, cauchy, disturbed}) {
    for (const std::size_t points : {std::size_t{12}, std::size_t{40}}) {
      const double share = alarms(noise, points, 1, no_effect, 1000);
      BOOST_TEST(share < history_level + chance);
      BOOST_TEST(share > 0.01);  // else they would find nothing at all
      BOOST_TEST(alarms(noise, points, 10, no_effect, 1000) < history_level + chance);
    }
  }
}

BOOST_AUTO_TEST_CASE(false_alarms_with_a_minimum_effect) {
  BOOST_TEST(alarms(quiet, 30, 20, 0.02, 200) < 0.05);
  BOOST_TEST(alarms(disturbed, 30, 20, 0.02, 200) < 0.05);
}

BOOST_AUTO_TEST_CASE(a_step_of_five_percent) {
  struct Row {
    const Disturbance& noise;
    double series;  ///< of how many this is one, so at their level
    std::size_t least_found;
  };
  constexpr std::size_t tries = 200;
  // 1.5 % of noise; and one point in ten disturbed, where ranks tell less.
  for (const Row& row : {Row{quiet, 300, tries * 95 / 100}, Row{disturbed, 1, tries * 75 / 100}}) {
    Random random(7);
    ChangeFinder finder({history_level / row.series, 0.02});
    std::size_t found = 0;
    std::size_t single = 0;
    std::size_t covered = 0;
    for (std::size_t i = 0; i < tries; ++i) {
      const Changes changes = finder.find(logs(40, step_at_20, row.noise, random));
      if (changes.steps.size() != 1) continue;
      const ChangePoint& step = changes.steps.front();
      ++single;
      found += step.first >= 18 && step.first <= 22 ? 1 : 0;
      covered += step.ratio.lower <= 1.05 && step.ratio.upper >= 1.05 ? 1 : 0;
    }
    BOOST_TEST(found >= row.least_found);
    BOOST_TEST(covered >= single * 85 / 100);
  }
}

BOOST_AUTO_TEST_CASE(two_steps_and_back) {
  Random random(3);
  ChangeFinder finder({history_level / 10, 0.02});
  const Truth bump = [](std::size_t i) { return i >= 20 && i < 40 ? std::log(1.1) : 0.0; };
  const Changes changes = finder.find(logs(60, bump, quiet, random));
  BOOST_REQUIRE(changes.steps.size() == 2);
  BOOST_TEST(!changes.drift);
  BOOST_TEST(changes.steps[0].first == 20);
  BOOST_TEST(changes.steps[1].first == 40);
  BOOST_TEST(changes.steps[0].ratio.point == 1.1, tolerance(0.02));
  BOOST_TEST(changes.steps[1].ratio.point == 1 / 1.1, tolerance(0.02));
}

BOOST_AUTO_TEST_CASE(a_slow_drift) {
  Random random(11);
  ChangeFinder finder({history_level / 300, 0.02});
  const double slope = std::log(1.005);
  const double total = std::exp(19 * slope);
  const Truth creeping = [=](std::size_t i) { return slope * static_cast<double>(i); };
  constexpr std::size_t tries = 200;
  std::size_t found = 0;
  std::size_t covered = 0;
  for (std::size_t i = 0; i < tries; ++i) {
    const Changes changes = finder.find(logs(20, creeping, quiet, random));
    if (!changes.drift) continue;
    ++found;
    BOOST_TEST(changes.steps.empty());
    covered += changes.drift->total.lower <= total && changes.drift->total.upper >= total ? 1 : 0;
  }
  BOOST_TEST(found >= tries * 70 / 100);
  BOOST_TEST(covered >= found * 90 / 100);
}

BOOST_AUTO_TEST_CASE(below_the_minimum_effect) {
  Random random(5);
  const Disturbance steady = [](Random& from) { return 0.001 * from.normal(); };
  const std::vector<double> small = logs(
      40, [](std::size_t i) { return i < 20 ? 0 : 0.01; }, steady, random);
  BOOST_TEST(!changed(ChangeFinder({0.05, 0.02}).find(small)));
  BOOST_TEST(changed(ChangeFinder({0.05, 0.005}).find(small)));
}

BOOST_AUTO_TEST_CASE(degenerate_series) {
  ChangeFinder finder({0.05, 0.02});
  for (const std::size_t count : {0, 1, 2, 5, 6, 7, 100}) {
    BOOST_TEST(!changed(finder.find(std::vector<double>(count, 3.0))));
  }
  // A single outlier, and two, are no step.
  for (const std::size_t outliers : {1, 2}) {
    std::vector<double> values(30, 0.0);
    for (std::size_t i = 0; i < outliers; ++i) values[29 - i] = 5;
    BOOST_TEST(!changed(finder.find(values)));
  }
  // Ties on both sides of a step.
  std::vector<double> tied(20, 0.0);
  std::fill(tied.begin() + 10, tied.end(), 0.1);
  const Changes changes = finder.find(tied);
  BOOST_REQUIRE(changes.steps.size() == 1);
  BOOST_TEST(changes.steps[0].first == 10);
  BOOST_TEST(changes.steps[0].ratio.point == std::exp(0.1), tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(series_with_gaps_and_two_machines) {
  Random random(1);
  std::vector<double> stepping = logs(40, step_at_20, quiet, random);
  std::vector<double> holes = stepping;
  for (std::size_t i = 0; i < 40; i += 4) holes[i] = gap;
  std::vector<double> late(40, gap);
  for (std::size_t i = 36; i < 40; ++i) late[i] = 0;
  std::vector<StoredBaseline> all = saved({stepping, holes, late});
  std::vector<StoredBaseline> other = saved({std::vector<double>(8, 0.0)});
  for (StoredBaseline& one : other) one.baseline.environment.fingerprint = "another";
  StoredBaseline unknown = all[3];
  unknown.baseline.environment.fingerprint.reset();
  StoredBaseline copy = all[5];
  copy.name = "again";
  for (StoredBaseline& one : other) all.push_back(one);
  all.push_back(unknown);
  all.push_back(copy);
  std::reverse(all.begin(), all.end());

  const History history = make_history(all, {});
  BOOST_TEST(history.anonymous == 1);
  BOOST_TEST(history.copies == 1);
  BOOST_TEST(history.tested == 3);
  BOOST_REQUIRE(history.groups.size() == 2);
  const Group& group = history.groups[history.groups[0].fingerprint == "another" ? 1 : 0];
  BOOST_REQUIRE(group.revisions.size() == 40);
  BOOST_TEST(group.revisions[39].commit == "c39");
  BOOST_REQUIRE(group.series.size() == 3);
  for (const Series& series : group.series) {
    BOOST_TEST_CONTEXT(series.name) {
      if (series.name == "case/2") {
        BOOST_TEST(series.points.size() == 4);
        BOOST_TEST(!changed(series.changes));
        continue;
      }
      BOOST_TEST(series.points.size() == (series.name == "case/0" ? 40 : 30));
      BOOST_REQUIRE(series.changes.steps.size() == 1);
      const std::size_t at = series.points[series.changes.steps[0].first].revision;
      BOOST_TEST(at >= 18);
      BOOST_TEST(at <= 22);
      BOOST_TEST(slowed_down(series, 30));
      BOOST_TEST(!slowed_down(series, 5));
    }
  }
  const auto json = nlohmann::json::parse(to_json(history));
  BOOST_TEST(json.at("groups").size() == 2);
  const std::string csv = to_csv(history);
  BOOST_TEST(std::count(csv.begin(), csv.end(), '\n') == 1 + 40 + 30 + 4 + 8);

  BOOST_TEST(make_history(all, {.cases = "/1$"}).tested == 1);
  BOOST_TEST(make_history(all, {.arch = "neon64"}).groups.empty());
  BOOST_CHECK_THROW(make_history(all, {.cases = "("}), Error);
}

BOOST_AUTO_TEST_CASE(what_counts_as_slower) {
  Series series;
  series.points.resize(40);
  BOOST_TEST(!slowed_down(series, 10));
  series.changes.steps = {{30, {1.1, 0, 1, 1.2}}};
  BOOST_TEST(slowed_down(series, 10));
  BOOST_TEST(!slowed_down(series, 9));
  series.changes.steps.push_back({35, {0.9, 0, 0.8, 1}});  // mended
  BOOST_TEST(!slowed_down(series, 10));
  series.changes = {{}, Drift{{1.1, 0, 1, 1.2}, 0.01}};
  BOOST_TEST(slowed_down(series, 1));
  series.changes.drift->total.point = 0.9;
  BOOST_TEST(!slowed_down(series, 1));
}

BOOST_AUTO_TEST_CASE(sparklines) {
  const auto drawn = [](const std::vector<double>& times, std::size_t width = 40) {
    Series series;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (!std::isnan(times[i])) series.points.push_back({i, {times[i], 0, 0, 0}});
    }
    return sparkline(series, times.size(), 0.02, width);
  };
  BOOST_TEST(drawn({100, 200, gap, 100}) == "▁█ ▁");
  BOOST_TEST(drawn({100, 101, 100}) == "▄▄▄");
  BOOST_TEST(drawn({100, 200, 400, 800}, 2) == "▁█");
}

BOOST_AUTO_TEST_SUITE_END()
