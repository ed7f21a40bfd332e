#include "inputs.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "oracle/oracle.hpp"

namespace trilane::test {

namespace {

using Floats = std::vector<float>;

constexpr float smallest = std::numeric_limits<float>::denorm_min();

Floats random(std::size_t n) { return oracle::seeded_weights(n, n); }

Floats zeros(std::size_t n) { return Floats(n, 0.0F); }

Floats negative_zeros(std::size_t n) { return Floats(n, -0.0F); }

Floats huge(std::size_t n) {
  Floats weights = random(n);
  for (float& w : weights) w *= 1e30F;
  return weights;
}

/// Any subnormal, either sign.
Floats subnormal(std::size_t n) {
  Floats weights = random(n);
  for (float& w : weights) w = std::bit_cast<float>(std::bit_cast<std::uint32_t>(w * 1e3F) & 0x807FFFFFU);
  return weights;
}

/// 0 to 3 times the smallest subnormal, so that s/2 is no float or s itself rounds to 0.
Floats smallest_subnormals(std::size_t n) {
  Floats weights = random(n);
  for (std::size_t i = 0; i < n; ++i) {
    weights[i] = std::copysign(static_cast<float>(i * 7 % 4) * smallest, weights[i]);
  }
  return weights;
}

/// All zero but the last, the smallest there is.
Floats vanishing_mean(std::size_t n) {
  Floats weights(n, 0.0F);
  weights.back() = -smallest;
  return weights;
}

/// Any exponent up to 2^40: sums round in every lane.
Floats any_exponent(std::size_t n) {
  Floats weights = random(n);
  for (std::size_t i = 0; i < n; ++i) weights[i] = std::ldexp(weights[i], static_cast<int>(i * 37 % 190) - 150);
  return weights;
}

/// Scale 1 under absmax: ±1, ±1/2 exactly, and its neighbours.
Floats ties_absmax(std::size_t n) {
  constexpr float tie = 0.5F;
  const std::array pattern{
      1.0F, tie, -tie, std::nextafter(tie, 1.0F), -std::nextafter(tie, 1.0F), std::nextafter(tie, 0.0F), -0.0F, -1.0F};
  Floats weights(n);
  for (std::size_t i = 0; i < n; ++i) weights[i] = pattern[i * 5 % 8];
  return weights;
}

/// Scale 1 under absmean for even n: half are ties at 1/2, half 3/2.
Floats ties_absmean(std::size_t n) {
  Floats weights(n);
  for (std::size_t i = 0; i < n; ++i) weights[i] = (i % 3 == 0 ? -1.0F : 1.0F) * (i % 2 == 0 ? 0.5F : 1.5F);
  return weights;
}

/// Ties at a subnormal scale, and at the border where half a normal scale is subnormal.
Floats ties_subnormal(std::size_t n) {
  const float least_normal = std::numeric_limits<float>::min();
  const float scale = n % 2 == 0 ? least_normal : std::nextafter(2 * least_normal, 0.0F);
  Floats weights(n);
  for (std::size_t i = 0; i < n; ++i) {
    const float half = scale / 2;
    const std::array pattern{scale, half, -half, std::nextafter(half, scale), std::nextafter(half, 0.0F)};
    weights[i] = pattern[i * 3 % 5];
  }
  return weights;
}

/// Largest |w| last, negative: a maximum that a tail would lose.
Floats largest_last(std::size_t n) {
  Floats weights = random(n);
  weights.back() = -4.0F;
  return weights;
}

constexpr std::array all_inputs{
    Input{"random", random},
    Input{"zeros", zeros},
    Input{"negative zeros", negative_zeros},
    Input{"huge", huge},
    Input{"subnormal", subnormal},
    Input{"smallest subnormals", smallest_subnormals},
    Input{"vanishing mean", vanishing_mean},
    Input{"any exponent", any_exponent},
    Input{"ties for absmax", ties_absmax},
    Input{"ties for absmean", ties_absmean},
    Input{"ties at a subnormal scale", ties_subnormal},
    Input{"largest last", largest_last},
};

}  // namespace

std::span<const Input> inputs() { return all_inputs; }

}  // namespace trilane::test
