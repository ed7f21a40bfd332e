#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/scale/scale.hpp"
#include "simd/scalar.hpp"

namespace trilane::kernels {

/// The reference: contracts in scale.hpp.
template <simd::Scalar A>
double abs_sum(const float* weights, std::size_t n) noexcept {
  double total = 0;
  for (std::size_t first = 0; first < n; first += sum_chunk) {
    const std::size_t here = n - first < sum_chunk ? n - first : sum_chunk;
    float lanes[sum_lanes] = {};
    for (std::size_t i = 0; i < here; ++i) lanes[i % sum_lanes] += __builtin_fabsf(weights[first + i]);
    for (std::size_t distance = sum_lanes / 2; distance > 0; distance /= 2) {
      for (std::size_t lane = 0; lane < distance; ++lane) lanes[lane] += lanes[lane + distance];
    }
    total += static_cast<double>(lanes[0]);
  }
  return total;
}

template <simd::Scalar A>
std::uint32_t abs_max_bits(const float* weights, std::size_t n) noexcept {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, weights + i, sizeof bits);
    bits &= 0x7fffffffU;
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

}  // namespace trilane::kernels
