// The shuffle of order.hpp: the same for a seed as web/bench/order.ts, whose output these are.

#include "bench/order.hpp"

#include <algorithm>

#include "support.hpp"

using trilane::bench::shuffled;

BOOST_AUTO_TEST_SUITE(bench_order)

BOOST_AUTO_TEST_CASE(as_the_bench_page_has_it) {
  const auto check = [](std::uint32_t seed, const std::vector<std::size_t>& wanted) {
    BOOST_TEST(shuffled(wanted.size(), seed) == wanted, boost::test_tools::per_element());
  };
  check(0, {2, 7, 5, 3, 6, 1, 8, 9, 0, 4});
  check(42, {9, 1, 2, 5, 0, 8, 6, 3, 7, 4});
  check(4294967295U, {4, 3, 7, 8, 2, 1, 6, 9, 0, 5});
}

BOOST_AUTO_TEST_CASE(a_permutation) {
  std::vector<std::size_t> order = shuffled(1000, 7);
  BOOST_TEST(order[0] == 559U);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) BOOST_REQUIRE_EQUAL(order[i], i);
  BOOST_TEST(shuffled(0, 1).empty());
  BOOST_TEST(shuffled(1, 1) == std::vector<std::size_t>{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
