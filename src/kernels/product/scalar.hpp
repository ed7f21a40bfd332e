#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "formats/layout.hpp"
#include "kernels/product/product.hpp"
#include "simd/scalar.hpp"

// The reference: storage as it is, decoded block by block. Contracts in product.hpp.

namespace trilane::kernels {

template <simd::Scalar A, class F>
std::size_t packed_bytes(std::size_t rows, std::size_t cols) noexcept {
  return rows * ceil_div(cols, F::elements) * F::bytes;
}

template <simd::Scalar A, class F>
void pack(const std::uint8_t* codes, std::size_t rows, std::size_t cols, std::uint8_t* packed) noexcept {
  std::memcpy(packed, codes, packed_bytes<A, F>(rows, cols));
}

template <simd::Scalar A, class F>
void unpack(const std::uint8_t* packed, std::size_t rows, std::size_t cols, std::uint8_t* codes) noexcept {
  std::memcpy(codes, packed, packed_bytes<A, F>(rows, cols));
}

template <simd::Scalar A, class F>
std::size_t prepared_bytes(std::size_t cols) noexcept {
  return round_up(round_up(cols, F::elements), 64);
}

template <simd::Scalar A, class F>
void prepare(const std::int8_t* q, std::size_t cols, std::uint8_t* prepared) noexcept {
  std::memset(prepared, 0, prepared_bytes<A, F>(cols));
  std::memcpy(prepared, q, cols);
}

template <simd::Scalar A, class F>
void multiply(const std::uint8_t* packed, std::size_t cols, std::size_t first, std::size_t count,
              const std::uint8_t* prepared, std::size_t n, std::int32_t* sums, std::size_t stride) noexcept {
  const std::size_t blocks = ceil_div(cols, F::elements);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < n; ++c) sums[c * stride + r] = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      std::int8_t weights[F::elements];
      F::decode_block(packed + ((first + r) * blocks + b) * F::bytes, weights);
      for (std::size_t c = 0; c < n; ++c) {
        const std::uint8_t* q = prepared + c * prepared_bytes<A, F>(cols) + b * F::elements;
        std::int32_t sum = 0;
        for (int k = 0; k < F::elements; ++k) sum += weights[k] * static_cast<std::int8_t>(q[k]);
        sums[c * stride + r] += sum;
      }
    }
  }
}

template <simd::Scalar A>
void scale_sums(const std::int32_t* sums, std::size_t n, const float* scales, std::size_t step, float a,
                float* y) noexcept {
  for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<float>(sums[i]) * (scales[i * step] / a);
}

}  // namespace trilane::kernels
