#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/activations/activations.hpp"
#include "simd/batch.hpp"

namespace trilane::kernels {

/// lanes<A> floats to as many int8, added to `sum`.
template <simd::Vector A>
TRILANE_INLINE void quantize_lanes(const float* x, simd::f32<A> a, std::int8_t* q, simd::i32<A>& sum) noexcept {
  simd::i32<A> part[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto rounded = simd::f32<A>::load_unaligned(x + i * simd::f32<A>::size) * a + simd::f32<A>(rounder);
    part[i] = xsimd::bitwise_cast<std::int32_t>(rounded) - simd::i32<A>(rounder_bits);
  }
  sum += (part[0] + part[1]) + (part[2] + part[3]);
  simd::in_order(simd::narrow(part[0], part[1], part[2], part[3])).store_unaligned(q);
}

/// Contract in activations.hpp.
template <simd::Vector A>
std::int32_t quantize_activations(const float* x, std::size_t n, float a, std::int8_t* q) noexcept {
  constexpr std::size_t step = simd::lanes<A>;
  const simd::f32<A> factor(a);
  simd::i32<A> sums(0);
  std::size_t i = 0;
  for (; i + step <= n; i += step) quantize_lanes<A>(x + i, factor, q + i, sums);
  if (i < n) {
    float padded[step] = {};
    std::int8_t last[step];
    __builtin_memcpy(padded, x + i, (n - i) * sizeof(float));
    quantize_lanes<A>(padded, factor, last, sums);
    __builtin_memcpy(q + i, last, n - i);
  }
  std::int32_t parts[simd::i32<A>::size];
  sums.store_unaligned(parts);
  std::int32_t sum = 0;
  for (const std::int32_t part : parts) sum += part;
  return sum;
}

}  // namespace trilane::kernels
