// Student's t, against printed tables and where it has a closed form.

#include "bench/student.hpp"

#include <cmath>
#include <numbers>

#include "support.hpp"

using boost::test_tools::tolerance;
using trilane::bench::student_t_quantile;

BOOST_AUTO_TEST_SUITE(bench_student)

BOOST_AUTO_TEST_CASE(as_in_tables) {
  struct Row {
    double degrees;
    double at_2_5_percent;
    double at_0_5_percent;
    double at_0_05_percent;
  };
  for (const Row& row : {Row{1, 12.706, 63.657, 636.619}, Row{4, 2.776, 4.604, 8.610}, Row{9, 2.262, 3.250, 4.781},
                         Row{18, 2.101, 2.878, 3.922}, Row{30, 2.042, 2.750, 3.646}, Row{120, 1.980, 2.617, 3.373}}) {
    BOOST_TEST_CONTEXT(row.degrees << " degrees of freedom") {
      constexpr double digits = 0.0006;  // half of the tables' last, and a little
      BOOST_TEST(std::abs(student_t_quantile(row.degrees, 0.025) - row.at_2_5_percent) < digits);
      BOOST_TEST(std::abs(student_t_quantile(row.degrees, 0.005) - row.at_0_5_percent) < digits);
      BOOST_TEST(std::abs(student_t_quantile(row.degrees, 0.0005) - row.at_0_05_percent) < digits);
    }
  }
}

BOOST_AUTO_TEST_CASE(closed_forms) {
  for (const double tail : {0.4, 0.1, 0.025, 1e-3, 1e-6}) {
    BOOST_TEST_CONTEXT("tail " << tail) {
      // Cauchy's distribution; and t = (1 − 2p)·√(2/(4p(1 − p))) at two degrees of freedom.
      BOOST_TEST(student_t_quantile(1, tail) == 1 / std::tan(std::numbers::pi * tail), tolerance(1e-10));
      BOOST_TEST(student_t_quantile(2, tail) == (1 - 2 * tail) * std::sqrt(2 / (4 * tail * (1 - tail))),
                 tolerance(1e-10));
      // Three degrees: the tail is ½ − (θ + sin θ · cos θ)/π at θ = atan(t/√3).
      const double angle = std::atan(student_t_quantile(3, tail) / std::sqrt(3.0));
      BOOST_TEST(0.5 - (angle + std::sin(angle) * std::cos(angle)) / std::numbers::pi == tail, tolerance(1e-8));
    }
  }
  BOOST_TEST(student_t_quantile(1e6, 0.025) == 1.959966, tolerance(1e-6));  // nearly normal
  BOOST_TEST(std::abs(student_t_quantile(7, 0.5)) < 1e-9);
}

BOOST_AUTO_TEST_CASE(broken_degrees_lie_between) {
  for (double degrees = 4; degrees < 30; degrees += 0.5) {
    BOOST_TEST(student_t_quantile(degrees, 0.001) > student_t_quantile(degrees + 0.5, 0.001));
  }
}

BOOST_AUTO_TEST_SUITE_END()
