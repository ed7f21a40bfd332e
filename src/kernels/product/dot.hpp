#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/layout.hpp"
#include "kernels/product/product.hpp"
#include "simd/batch.hpp"

// Products of bytes, for archs that have them and the formats of 2 bits a weight. Contracts in product.hpp.
//
// Packed, a row is its storage as I2_S bytes, padded to a whole vector: byte b holds the codes c = t + 1 of four weights, one a
// plane. Prepared, the activations stand in the order in which a vector of such bytes meets them: for each vector of a row its
// four planes, each a vector of int8. Σ t·q = Σ c·q − Σq; padding has q = 0. Σq stands in front.

namespace trilane::kernels {

inline constexpr std::size_t prepared_head = 64;  // bytes; Σq in the first 4

template <simd::Vector A>
TRILANE_INLINE std::size_t row_stride(std::size_t cols) noexcept {
  return round_up(ceil_div(cols, 128) * 32, simd::lanes<A>);
}

template <simd::Vector A, class F>
std::size_t dot_packed_bytes(std::size_t rows, std::size_t cols) noexcept {
  return rows * row_stride<A>(cols);
}

template <simd::Vector A>
TRILANE_INLINE simd::u8<A> map_nibbles(simd::u8<A> map, simd::u8<A> x) noexcept {
  const simd::u8<A> low_nibble(15);
  const auto high = simd::lookup(map, simd::shift_right<4>(x) & low_nibble);
  return simd::shift_left<4>(high) | simd::lookup(map, x & low_nibble);
}

/// Copies rows of `bytes` bytes (a multiple of 32) between strides, each byte's nibbles mapped if the format wants it.
template <simd::Vector A, class F>
TRILANE_INLINE void copy_rows(const std::uint8_t* from, std::size_t from_stride, std::uint8_t* to,
                              std::size_t to_stride, std::size_t rows, std::size_t bytes, simd::u8<A> map) noexcept {
  for (std::size_t row = 0; row < rows; ++row, from += from_stride, to += to_stride) {
    if constexpr (__is_same(F, formats::i2_s)) {
      __builtin_memcpy(to, from, bytes);
    } else {
      std::size_t i = 0;
      for (; i + simd::lanes<A> <= bytes; i += simd::lanes<A>) {
        map_nibbles<A>(map, simd::u8<A>::load_unaligned(from + i)).store_unaligned(to + i);
      }
      if (i < bytes) {
        std::uint8_t last[simd::lanes<A>] = {};
        __builtin_memcpy(last, from + i, bytes - i);
        map_nibbles<A>(map, simd::u8<A>::load_unaligned(last)).store_unaligned(last);
        __builtin_memcpy(to + i, last, bytes - i);
      }
    }
  }
}

template <simd::Vector A, class F>
void dot_pack(const std::uint8_t* codes, std::size_t rows, std::size_t cols, std::uint8_t* packed) noexcept {
  static constexpr auto code_of_pair = simd::repeat16<A>({0, 1, 2, 4, 5, 6, 8, 9, 10});
  const std::size_t bytes = ceil_div(cols, 128) * 32;
  const std::size_t stride = row_stride<A>(cols);
  if (stride != bytes) __builtin_memset(packed, 0, rows * stride);
  copy_rows<A, F>(codes, bytes, packed, stride, rows, bytes, code_of_pair);
}

template <simd::Vector A, class F>
void dot_unpack(const std::uint8_t* packed, std::size_t rows, std::size_t cols, std::uint8_t* codes) noexcept {
  static constexpr auto pair_of_code = simd::repeat16<A>({0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8});
  const std::size_t bytes = ceil_div(cols, 128) * 32;
  copy_rows<A, F>(packed, row_stride<A>(cols), codes, bytes, rows, bytes, pair_of_code);
}

template <simd::Vector A, class F>
std::size_t dot_prepared_bytes(std::size_t cols) noexcept {
  return prepared_head + round_up(4 * row_stride<A>(cols), 64);
}

template <simd::Vector A, class F>
void dot_prepare(const std::int8_t* q, std::size_t cols, std::uint8_t* prepared) noexcept {
  __builtin_memset(prepared, 0, dot_prepared_bytes<A, F>(cols));
  std::int32_t sum = 0;
  for (std::size_t k = 0; k < cols; ++k) sum += q[k];
  __builtin_memcpy(prepared, &sum, sizeof sum);
  // Runs of 32 activations, or of a vector if that is shorter, stay together.
  constexpr std::size_t run = simd::lanes<A> < 32 ? simd::lanes<A> : 32;
  for (std::size_t k = 0; k < cols; k += run) {
    const std::size_t plane = k % 128 / 32;
    const std::size_t byte = k / 128 * 32 + k % 32;  // of the row's storage
    const std::size_t place = (byte / simd::lanes<A> * 4 + plane) * simd::lanes<A> + byte % simd::lanes<A>;
    __builtin_memcpy(prepared + prepared_head + place, q + k, cols - k < run ? cols - k : run);
  }
}

template <simd::Vector A>
TRILANE_INLINE simd::i8<A> load_i8(const std::uint8_t* from) noexcept {
  return xsimd::bitwise_cast<std::int8_t>(simd::u8<A>::load_unaligned(from));
}

/// `rows` rows of `vectors` vectors, `stride` bytes apart.
struct DotRows {
  const std::uint8_t* bytes;
  std::size_t stride;
  std::size_t vectors;
};

/// 4 rows times one column. The codes of planes 3 and 1 are multiplied as they are, those of planes 2 and 0 four times too
/// large, in place: that saves two shifts a vector.
///
/// Bound: codes up to 8 add at most 4 · 508 to an int16 lane a multiply-accumulate, and there are two of them a vector of
/// weights: int16 holds 8 vectors, 8 · 2 · 2032 = 32512. In int32, 2²⁴ columns add at most 2²⁴ · 8 · 127 / lanes < 2³¹.
template <simd::Vector A>
TRILANE_INLINE void dot_4_rows(DotRows rows, const std::uint8_t* activations, std::int32_t* sums) noexcept {
  constexpr std::size_t tile = 4;
  constexpr std::size_t vectors_to_overflow = simd::Accumulator<A>::capacity / 8;
  const simd::u8<A> once(0x03);
  const simd::u8<A> four_times(0x0c);
  simd::i32<A> total_1[tile];
  simd::i32<A> total_4[tile];
  for (std::size_t r = 0; r < tile; ++r) total_1[r] = total_4[r] = simd::i32<A>(0);
  for (std::size_t v = 0; v < rows.vectors;) {
    const std::size_t end = rows.vectors - v < vectors_to_overflow ? rows.vectors : v + vectors_to_overflow;
    simd::Accumulator<A> sum_1[tile];
    simd::Accumulator<A> sum_4[tile];
    for (; v < end; ++v) {
      const std::uint8_t* planes = activations + v * 4 * simd::lanes<A>;
      for (std::size_t r = 0; r < tile; ++r) {
        const auto bytes = simd::u8<A>::load_unaligned(rows.bytes + r * rows.stride + v * simd::lanes<A>);
        const auto upper = simd::shift_right<4>(bytes);
        simd::accumulate(sum_1[r], bytes & once, load_i8<A>(planes + 3 * simd::lanes<A>));
        simd::accumulate(sum_4[r], bytes & four_times, load_i8<A>(planes + 2 * simd::lanes<A>));
        simd::accumulate(sum_1[r], upper & once, load_i8<A>(planes + simd::lanes<A>));
        simd::accumulate(sum_4[r], upper & four_times, load_i8<A>(planes));
      }
    }
    for (std::size_t r = 0; r < tile; ++r) {
      total_1[r] += simd::widen(sum_1[r]);
      total_4[r] += simd::widen(sum_4[r]);
    }
  }
  for (std::size_t r = 0; r < tile; ++r) total_1[r] += total_4[r] >> 2;
  simd::sums_of_4(total_1, sums);
}

/// One column, `count` rows.
template <simd::Vector A>
TRILANE_INLINE void dot_gemv(DotRows rows, std::size_t count, const std::uint8_t* activations,
                             std::int32_t* sums) noexcept {
  std::size_t row = 0;
  for (; row + 4 <= count; row += 4) {
    dot_4_rows<A>({rows.bytes + row * rows.stride, rows.stride, rows.vectors}, activations, sums + row);
  }
  for (; row < count; ++row) {  // a stride of 0: one row four times
    std::int32_t same[4];
    dot_4_rows<A>({rows.bytes + row * rows.stride, 0, rows.vectors}, activations, same);
    sums[row] = same[0];
  }
}

inline constexpr std::size_t gemm_rows = 8;  // unpacked at a time
/// Vectors of weights unpacked at a time: as many as int16 sums hold, 4 multiply-accumulates of at most 508 each.
template <simd::Vector A>
inline constexpr std::size_t gemm_vectors =
    simd::Accumulator<A>::capacity / 4 < 16 ? simd::Accumulator<A>::capacity / 4 : 16;

/// The codes of `vectors` vectors of a row, a byte each, in the order of the prepared activations.
template <simd::Vector A>
TRILANE_INLINE void unpack_codes(const std::uint8_t* from, std::size_t vectors, std::uint8_t* to) noexcept {
  const simd::u8<A> code(0x03);
  for (std::size_t v = 0; v < vectors; ++v, to += 4 * simd::lanes<A>) {
    const auto bytes = simd::u8<A>::load_unaligned(from + v * simd::lanes<A>);
    (simd::shift_right<6>(bytes) & code).store_unaligned(to);
    (simd::shift_right<4>(bytes) & code).store_unaligned(to + simd::lanes<A>);
    (simd::shift_right<2>(bytes) & code).store_unaligned(to + 2 * simd::lanes<A>);
    (bytes & code).store_unaligned(to + 3 * simd::lanes<A>);
  }
}

/// Rows × Columns sums over `count` vectors of unpacked codes, added to totals[row][column] of `columns` a row.
template <simd::Vector A, std::size_t Rows, std::size_t Columns>
TRILANE_INLINE void dot_tile(const std::uint8_t* codes, std::size_t codes_stride, const std::uint8_t* activations,
                             std::size_t column_stride, std::size_t count, simd::i32<A>* totals,
                             std::size_t totals_stride) noexcept {
  simd::Accumulator<A> sums[Rows][Columns];
  for (std::size_t i = 0; i < count; ++i) {
    simd::u8<A> weights[Rows];
    for (std::size_t r = 0; r < Rows; ++r) {
      weights[r] = simd::u8<A>::load_unaligned(codes + r * codes_stride + i * simd::lanes<A>);
    }
    for (std::size_t c = 0; c < Columns; ++c) {
      const simd::i8<A> q = load_i8<A>(activations + c * column_stride + i * simd::lanes<A>);
      for (std::size_t r = 0; r < Rows; ++r) simd::accumulate(sums[r][c], weights[r], q);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t c = 0; c < Columns; ++c) totals[r * totals_stride + c] += simd::widen(sums[r][c]);
  }
}

/// 8 rows times n columns (at most most_columns): codes are unpacked once and multiplied by every column.
template <simd::Vector A>
TRILANE_INLINE void dot_gemm_rows(DotRows rows, std::size_t count, const std::uint8_t* activations,
                                  std::size_t column_stride, std::size_t n, std::int32_t* sums,
                                  std::size_t stride) noexcept {
  constexpr std::size_t chunk = gemm_vectors<A>;
  constexpr std::size_t codes_stride = chunk * 4 * simd::lanes<A>;
  constexpr std::size_t padded_columns = most_columns;
  alignas(64) std::uint8_t codes[gemm_rows * codes_stride];
  simd::i32<A> totals[gemm_rows][padded_columns];
  for (auto& row : totals) {
    for (std::size_t c = 0; c < n; ++c) row[c] = simd::i32<A>(0);
  }
  const std::size_t even_rows = round_up(count, 2);
  for (std::size_t v = 0; v < rows.vectors; v += chunk) {
    const std::size_t here = rows.vectors - v < chunk ? rows.vectors - v : chunk;
    for (std::size_t r = 0; r < even_rows; ++r) {
      const std::size_t row = r < count ? r : 0;  // an odd last row has a stand-in beside it
      unpack_codes<A>(rows.bytes + row * rows.stride + v * simd::lanes<A>, here, codes + r * codes_stride);
    }
    const std::uint8_t* q = activations + v * 4 * simd::lanes<A>;
    std::size_t c = 0;
    for (; c + 4 <= n; c += 4) {
      for (std::size_t r = 0; r < even_rows; r += 2) {
        dot_tile<A, 2, 4>(codes + r * codes_stride, codes_stride, q + c * column_stride, column_stride, 4 * here,
                          &totals[r][c], padded_columns);
      }
    }
    for (; c < n; ++c) {
      for (std::size_t r = 0; r < even_rows; r += 2) {
        dot_tile<A, 2, 1>(codes + r * codes_stride, codes_stride, q + c * column_stride, column_stride, 4 * here,
                          &totals[r][c], padded_columns);
      }
    }
  }
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < n; c += 4) {
      simd::i32<A> four[4];
      std::int32_t sum[4];
      for (std::size_t i = 0; i < 4; ++i) four[i] = c + i < n ? totals[r][c + i] : simd::i32<A>(0);
      simd::sums_of_4(four, sum);
      for (std::size_t i = 0; i < 4 && c + i < n; ++i) sums[(c + i) * stride + r] = sum[i];
    }
  }
}

template <simd::Vector A, class F>
void dot_multiply(const std::uint8_t* packed, std::size_t cols, std::size_t first, std::size_t count,
                  const std::uint8_t* prepared, std::size_t n, std::int32_t* sums, std::size_t stride) noexcept {
  const std::size_t row_bytes = row_stride<A>(cols);
  const DotRows rows{packed + first * row_bytes, row_bytes, row_bytes / simd::lanes<A>};
  const std::size_t column_stride = dot_prepared_bytes<A, F>(cols);
  if (n == 1) {
    dot_gemv<A>(rows, count, prepared + prepared_head, sums);
  } else {
    for (std::size_t row = 0; row < count; row += gemm_rows) {
      dot_gemm_rows<A>({rows.bytes + row * row_bytes, row_bytes, rows.vectors},
                       count - row < gemm_rows ? count - row : gemm_rows, prepared + prepared_head, column_stride, n,
                       sums + row, stride);
    }
  }
  for (std::size_t c = 0; c < n; ++c) {
    std::int32_t q_sum = 0;
    __builtin_memcpy(&q_sum, prepared + c * column_stride, sizeof q_sum);
    for (std::size_t r = 0; r < count; ++r) sums[c * stride + r] -= q_sum;
  }
}

}  // namespace trilane::kernels
