#include "bench/student.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace trilane::bench {

namespace {

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. Converges fast for
/// x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto nonzero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int i = 1; i < 10000; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    const double change = d * c;
    fraction *= change;
    if (std::abs(change - 1) < 4 * std::numeric_limits<double>::epsilon()) break;
  }
  return fraction;
}

}  // namespace

double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log(y));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, y) / b;
}

namespace {

/// P(T > t) for t ≥ 0: half of I_x(ν/2, ½) at x = ν/(ν + t²).
double upper_tail(double degrees, double t) {
  const double sum = degrees + t * t;
  return incomplete_beta(degrees / 2, 0.5, degrees / sum, t * t / sum) / 2;
}

}  // namespace

double student_t_quantile(double degrees, double tail) {
  if (tail >= 0.5) return 0;
  double low = 0;
  double high = 1;
  constexpr int max_doublings = 1000;  // 2¹⁰⁰⁰ is near the largest double
  for (int i = 0; i < max_doublings && upper_tail(degrees, high) > tail; ++i) {
    low = high;
    high *= 2;
  }
  // Newton's method for ln P(T > t) = ln tail, and halving where a step would leave low … high: 5 steps are usual, where
  // halving alone takes 60.
  const double log_front =
      std::lgamma((degrees + 1) / 2) - std::lgamma(degrees / 2) - std::log(degrees * std::numbers::pi) / 2;
  double t = (low + high) / 2;
  for (int i = 0; i < 100; ++i) {
    const double at_t = upper_tail(degrees, t);
    (at_t > tail ? low : high) = t;
    const double density = std::exp(log_front - (degrees + 1) / 2 * std::log1p(t * t / degrees));
    double next = t + at_t / density * std::log(at_t / tail);
    if (!(next > low && next < high)) next = (low + high) / 2;
    const bool there = std::abs(next - t) <= 1e-14 * t;
    t = next;
    if (there) break;
  }
  return t;
}

}  // namespace trilane::bench
