#pragma once

#include <cstddef>

/// Contract of the scale kernels.
///
/// abs_sum(weights, n): Σ |w| in the fixed order that makes it the same bits everywhere. Chunks of 4096 elements;
/// in a chunk, virtual lane j of 32 sums elements j, j+32, … in float32; lane i += lane i+16, then +8, +4, +2, +1;
/// lane 0 of each chunk is added in float64, in order. n ≥ 1. Any NaN, infinity or float32 overflow makes the
/// result non-finite, and nothing else does.
///
/// abs_max_bits(weights, n): the largest bit pattern of |w| as an unsigned integer, n ≥ 1. It orders as |w| does, NaN
/// above infinity: a result ≥ 0x7f800000 says that some weight is not finite.

namespace trilane {
inline constexpr std::size_t sum_chunk = 4096;
inline constexpr std::size_t sum_lanes = 32;
}  // namespace trilane
