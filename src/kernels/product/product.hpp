#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/inline.hpp"

namespace trilane::kernels {

/// Contract of the product kernels: Σ_k t[r,k] · q[k], exact in int32, for a format F on an arch.
///
/// packed_bytes<F>(rows, cols)              bytes of a matrix in the order that this arch's multiply() wants
/// pack<F>(codes, rows, cols, packed)       from storage that is valid; packed: 64-byte aligned, packed_bytes
/// unpack<F>(packed, rows, cols, codes)     the storage bytes back
/// prepared_bytes<F>(cols)                  bytes of one column of activations in the form that multiply() wants; a multiple of 64
/// prepare<F>(q, cols, prepared)            makes it of int8 −127 … 127; prepared: 64-byte aligned
/// multiply<F>(packed, cols, first, count, prepared, n, sums, stride)
///                                          sums[c · stride + r] for rows first … first + count − 1 (r counts from first) and n
///                                          columns, whose prepared forms follow one another
///
/// What stands behind the `count` sums of a column, up to most_rows of them, may be overwritten: stride is most_rows or more.
/// `first` is a multiple of tile_rows, `count` at most most_rows, `n` at most most_columns. cols ≤ 2²⁴: |Σ| ≤ 127 · 2²⁴ < 2³¹.
inline constexpr std::size_t tile_rows = 32;
inline constexpr std::size_t most_rows = 64;
inline constexpr std::size_t most_columns = 32;

/// scale_sums(sums, n, scales, step, a, y): y[i] = float(sums[i]) · (scales[i · step] / a); step is 0 or 1.

TRILANE_INLINE constexpr std::size_t ceil_div(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }
TRILANE_INLINE constexpr std::size_t round_up(std::size_t a, std::size_t b) noexcept { return ceil_div(a, b) * b; }

/// Asks for the `Bytes` bytes of packed weights that will be read 4 KiB from now, into the L2 cache: a processor's own
/// prefetcher stops at each page. Matrices that no cache holds are read 1.4 to 3 times as fast as without; of distances from
/// 0.5 to 8 KiB and of L1, L2 and past all caches, this one was best.
template <std::size_t Bytes>
TRILANE_INLINE void fetch_ahead(const std::uint8_t* weights) noexcept {
  for (std::size_t line = 0; line < Bytes; line += 64) __builtin_prefetch(weights + 4096 + line, 0, 2);
}

}  // namespace trilane::kernels
