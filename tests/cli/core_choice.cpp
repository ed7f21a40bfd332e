// On which core the next pair of launches runs.

#include "native/core_choice.hpp"

#include <boost/test/unit_test.hpp>

using namespace trilane;
using trilane::cli::CoreChoice;

namespace {

/// A launch of one case whose fastest sample takes so many nanoseconds.
bench::Baseline launch(double ns) {
  bench::Benchmark benchmark;
  benchmark.name = "gemv/a";
  benchmark.arch = "avx2";
  benchmark.launches = {{{1, 1}, {2 * ns, ns}}};
  bench::Baseline baseline;
  baseline.benchmarks.push_back(std::move(benchmark));
  return baseline;
}

/// The cores of so many pairs, where `ns(core, pair)` is what a launch takes.
template <class Time>
std::vector<std::size_t> cores_of(CoreChoice choice, std::size_t pairs, const Time& ns) {
  std::vector<std::size_t> cores;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const std::size_t core = choice.next();
    cores.push_back(core);
    const bench::Baseline both = launch(ns(core, pair));
    choice.ended(both, both);
  }
  return cores;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_choice)

BOOST_AUTO_TEST_CASE(pairs_go_where_they_were_fastest_and_every_fourth_elsewhere) {
  const auto cores =
      cores_of(CoreChoice(2), 12, [](std::size_t core, std::size_t) { return core == 0 ? 250.0 : 200.0; });
  const std::vector<std::size_t> expected = {0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0};
  BOOST_TEST(cores == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_core_that_becomes_slow_is_left) {
  const auto cores = cores_of(CoreChoice(2), 8, [](std::size_t core, std::size_t pair) {
    if (core == 0) return pair < 5 ? 200.0 : 280.0;
    return pair < 5 ? 250.0 : 200.0;
  });
  const std::vector<std::size_t> expected = {0, 1, 0, 1, 0, 0, 1, 0};
  BOOST_TEST(cores == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_more_than_four_are_tried_and_one_is_enough) {
  const auto same = [](std::size_t, std::size_t) { return 200.0; };
  for (const std::size_t core : cores_of(CoreChoice(64), 30, same)) BOOST_TEST(core % 16 == 0U);
  for (const std::size_t core : cores_of(CoreChoice(1), 9, same)) BOOST_TEST(core == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
