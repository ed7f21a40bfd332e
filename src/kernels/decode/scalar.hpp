#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/decode/decode.hpp"
#include "simd/scalar.hpp"

namespace trilane::kernels {

/// The reference: contracts in decode.hpp.
template <simd::Scalar A, class F>
void decode(const std::uint8_t* codes, std::size_t n, float scale, float* weights) noexcept {
  const float values[3] = {-scale, 0.0F, scale};
  for (std::size_t first = 0; first < n; first += F::elements, codes += F::bytes) {
    const std::size_t here = n - first < F::elements ? n - first : F::elements;
    std::int8_t ternary[F::elements];
    F::decode_block(codes, ternary);
    for (std::size_t i = 0; i < here; ++i) weights[first + i] = values[ternary[i] + 1];
  }
}

template <simd::Scalar A, class F>
bool valid(const std::uint8_t* codes, std::size_t blocks) noexcept {
  bool good = true;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int8_t ternary[F::elements];
    good = F::decode_block(codes + b * F::bytes, ternary) && good;
  }
  return good;
}

}  // namespace trilane::kernels
