#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/product/dot.hpp"
#include "kernels/product/lookup.hpp"
#include "kernels/product/product.hpp"
#include "simd/batch.hpp"

// Which way a format is multiplied on an arch: by products of bytes where there are such and a weight has 2 bits, else by
// lookup. Contracts in product.hpp.

namespace trilane::kernels {

template <simd::Vector A, class F>
inline constexpr bool by_dot = simd::multiplies_bytes<simd::Wide<A>> && !Groups<F>::is_signed;

template <simd::Vector A, class F>
std::size_t packed_bytes(std::size_t rows, std::size_t cols) noexcept {
  if constexpr (by_dot<A, F>) {
    return dot_packed_bytes<simd::Wide<A>, F>(rows, cols);
  } else {
    return lookup_packed_bytes<A, F>(rows, cols);
  }
}

template <simd::Vector A, class F>
void pack(const std::uint8_t* codes, std::size_t rows, std::size_t cols, std::uint8_t* packed) noexcept {
  if constexpr (by_dot<A, F>) {
    return dot_pack<simd::Wide<A>, F>(codes, rows, cols, packed);
  } else {
    return lookup_pack<A, F>(codes, rows, cols, packed);
  }
}

template <simd::Vector A, class F>
void unpack(const std::uint8_t* packed, std::size_t rows, std::size_t cols, std::uint8_t* codes) noexcept {
  if constexpr (by_dot<A, F>) {
    return dot_unpack<simd::Wide<A>, F>(packed, rows, cols, codes);
  } else {
    return lookup_unpack<A, F>(packed, rows, cols, codes);
  }
}

template <simd::Vector A, class F>
std::size_t prepared_bytes(std::size_t cols) noexcept {
  if constexpr (by_dot<A, F>) {
    return dot_prepared_bytes<simd::Wide<A>, F>(cols);
  } else {
    return lookup_prepared_bytes<A, F>(cols);
  }
}

template <simd::Vector A, class F>
void prepare(const std::int8_t* q, std::size_t cols, std::uint8_t* prepared) noexcept {
  if constexpr (by_dot<A, F>) {
    return dot_prepare<simd::Wide<A>, F>(q, cols, prepared);
  } else {
    return lookup_prepare<A, F>(q, cols, prepared);
  }
}

template <simd::Vector A, class F>
void multiply(const std::uint8_t* packed, std::size_t cols, std::size_t first, std::size_t count,
              const std::uint8_t* prepared, std::size_t n, std::int32_t* sums, std::size_t stride) noexcept {
  if constexpr (by_dot<A, F>) {
    return dot_multiply<simd::Wide<A>, F>(packed, cols, first, count, prepared, n, sums, stride);
  } else {
    return lookup_multiply<A, F>(packed, cols, first, count, prepared, n, sums, stride);
  }
}

/// A plain loop, which compilers make into vectors: xsimd's division is not exact on every arch.
template <simd::Vector A>
void scale_sums(const std::int32_t* sums, std::size_t n, const float* scales, std::size_t step, float a,
                float* y) noexcept {
  if (step == 0) {
    const float factor = scales[0] / a;
    for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<float>(sums[i]) * factor;
  } else {
    for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<float>(sums[i]) * (scales[i] / a);
  }
}

}  // namespace trilane::kernels
