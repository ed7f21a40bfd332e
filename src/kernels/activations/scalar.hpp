#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/activations/activations.hpp"
#include "simd/scalar.hpp"

namespace trilane::kernels {

/// Contract in activations.hpp.
template <simd::Scalar A>
std::int32_t quantize_activations(const float* x, std::size_t n, float a, std::int8_t* q) noexcept {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float rounded = x[i] * a + rounder;
    std::int32_t bits = 0;
    std::memcpy(&bits, &rounded, sizeof bits);
    q[i] = static_cast<std::int8_t>(bits - rounder_bits);
    sum += q[i];
  }
  return sum;
}

}  // namespace trilane::kernels
