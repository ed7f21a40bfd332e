// Vectors against the oracle: every length up to 1000, then lengths around the edges of chunks.

#include "check.hpp"
#include "inputs.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

void check_length(std::size_t n) {
  for (const Input& input : inputs()) {
    const std::vector<float> weights = input.make(n);
    BOOST_TEST_CONTEXT("weights: " << input.name) {
      for_each_case({1, n}, [&](const Case& which) {
        // Of one row both granularities are the same; shapes.cpp has more rows.
        if (which.granularity == Granularity::tensor) check_case_against_oracle(weights, which);
      });
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lengths)

BOOST_AUTO_TEST_CASE(up_to_1000) {
  for (std::size_t n = 1; n <= 1000; ++n) check_length(n);
}

BOOST_AUTO_TEST_CASE(around_chunks) {
  for (const std::size_t n : {4095, 4096, 4097, 8192 + 33, 65536}) check_length(n);
}

BOOST_AUTO_TEST_CASE(odd_and_large) { check_length(100003); }

BOOST_AUTO_TEST_SUITE_END()
