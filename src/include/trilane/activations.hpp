#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "trilane/api.h"
#include "trilane/arch.hpp"

namespace trilane {

/// Most columns that a product takes: 127 · 2²⁴ still fits int32.
inline constexpr std::size_t most_cols = std::size_t{1} << 24U;

/// Quantized activations: N vectors of `cols` int8 (a row each of X, N × cols, row-major), with a factor each.
struct Activations {
  std::span<const std::int8_t> q;  ///< N · cols of −127 … 127; x ≈ q / a
  std::span<const float> a;        ///< N; +infinity for a vector that is zero, or too small for a finite factor
};

/// Quantizes float32 activations to int8, each vector by its own largest.
///
///   a = 127 / max|x|        q = round-half-even(x · a)
///
/// If a is not finite (x is zero or tiny) q = 0. All bits are the same on every arch and platform.
///
/// x     N · cols floats, row-major, N = a.size()
/// q     N · cols
/// a     N
/// sums  N: Σq of each vector, which kernels that take codes t + 1 need; ours make it themselves
///
/// Throws invalid_argument (cols 0 or beyond most_cols, no vectors), size_mismatch, and not_finite for NaN or infinity: the
/// message names the first index; nothing is written then. Allocates nothing. Source: the BitNet b1.58 report, arXiv:2402.17764.
TRILANE_API void quantize_activations(std::span<const float> x, std::size_t cols, std::span<std::int8_t> q,
                                      std::span<float> a, std::span<std::int32_t> sums, Arch arch = active_arch());

}  // namespace trilane
