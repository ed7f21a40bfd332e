// Matrices against the oracle: columns that are no multiple of a block, rows of their own magnitude, chunks that end
// within rows and rows that end within chunks.

#include <cmath>

#include "check.hpp"
#include "inputs.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

/// As the input makes them, but rows differ in magnitude, and the third row zero.
std::vector<float> rows_of(const Input& input, Shape shape) {
  std::vector<float> weights = input.make(shape.rows * shape.cols);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t row = i / shape.cols;
    weights[i] = row == 2 ? std::copysign(0.0F, weights[i]) : std::ldexp(weights[i], 3 * static_cast<int>(row % 5) - 6);
  }
  return weights;
}

void check_shape(Shape shape) {
  for (const Input& input : inputs()) {
    const std::vector<float> weights = rows_of(input, shape);
    BOOST_TEST_CONTEXT("weights: " << input.name) {
      for_each_case(shape, [&](const Case& which) { check_case_against_oracle(weights, which); });
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shapes)

BOOST_AUTO_TEST_CASE(few_rows) {
  for (std::size_t rows = 1; rows <= 5; ++rows) {
    for (const std::size_t cols : {1, 3, 31, 33, 95, 96, 97, 127, 128, 129, 191, 193, 255, 257, 300, 384, 385}) {
      check_shape({rows, cols});
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_longer_than_a_chunk) {
  check_shape({3, 4097});
  check_shape({2, 4096 + 384});
}

BOOST_AUTO_TEST_CASE(many_short_rows) {
  check_shape({1001, 5});
  check_shape({500, 1});
}

BOOST_AUTO_TEST_SUITE_END()
