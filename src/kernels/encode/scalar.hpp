#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/encode/encode.hpp"
#include "simd/scalar.hpp"

namespace trilane::kernels {

/// The reference: contract in encode.hpp.
template <simd::Scalar A, class F>
void encode(const float* weights, std::size_t n, float threshold, std::uint8_t* codes) noexcept {
  for (std::size_t first = 0; first < n; first += F::elements, codes += F::bytes) {
    const std::size_t here = n - first < F::elements ? n - first : F::elements;
    std::int8_t ternary[F::elements] = {};
    for (std::size_t i = 0; i < here; ++i) {
      const float w = weights[first + i];
      ternary[i] = static_cast<std::int8_t>((w > threshold) - (w < -threshold));
    }
    F::encode_block(ternary, codes);
  }
}

}  // namespace trilane::kernels
