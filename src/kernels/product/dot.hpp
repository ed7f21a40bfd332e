#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/layout.hpp"
#include "kernels/product/product.hpp"
#include "simd/batch.hpp"

// Products of bytes, for archs that have them and the formats of 2 bits a weight. Contracts in product.hpp.
//
// Packed, a row is its storage as I2_S bytes, padded to a whole vector: byte b holds the codes c = t + 1 of four weights, one a
// plane. Four rows are a tile, which is read from its first byte to its last: vector 0 of each row, vector 1 of each row …
// Prepared, the activations stand in the order in which a vector of such bytes meets them: for each vector of a row its
// four planes, each a vector of int8. Σ t·q = Σ c·q − Σq; padding has q = 0. Σq stands in front.
//
// Σ c·q may pass int32, 2 · 127 · 2²⁴ > 2³¹; modulo 2³² taking Σq from it gives Σ t·q all the same. So sums are added as unsigned.

namespace trilane::kernels {

inline constexpr std::size_t prepared_head = 64;  // bytes; Σq in the first 4
inline constexpr std::size_t dot_rows = 4;        // a tile

/// a + b modulo 2³².
TRILANE_INLINE std::int32_t add_modulo(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

/// Vectors that a row takes.
template <simd::Vector A>
TRILANE_INLINE std::size_t row_vectors(std::size_t cols) noexcept {
  return ceil_div(ceil_div(cols, 128) * 32, simd::lanes<A>);
}
template <simd::Vector A>
TRILANE_INLINE std::size_t dot_tile_bytes(std::size_t cols) noexcept {
  return dot_rows * row_vectors<A>(cols) * simd::lanes<A>;
}

template <simd::Vector A, class F>
std::size_t dot_packed_bytes(std::size_t rows, std::size_t cols) noexcept {
  return ceil_div(rows, dot_rows) * dot_tile_bytes<A>(cols);
}

template <simd::Vector A>
TRILANE_INLINE simd::u8<A> map_nibbles(simd::u8<A> map, simd::u8<A> x) noexcept {
  const simd::u8<A> low_nibble(15);
  const auto high = simd::lookup(map, simd::shift_right<4>(x) & low_nibble);
  return simd::shift_left<4>(high) | simd::lookup(map, x & low_nibble);
}

/// Maps the nibbles of `bytes` bytes (at most a vector) if the format wants it.
template <simd::Vector A, class F>
TRILANE_INLINE void copy_bytes(const std::uint8_t* from, std::uint8_t* to, std::size_t bytes,
                               simd::u8<A> map) noexcept {
  if constexpr (__is_same(F, formats::i2_s)) {
    __builtin_memcpy(to, from, bytes);
  } else {
    std::uint8_t vector[simd::lanes<A>] = {};
    __builtin_memcpy(vector, from, bytes);
    map_nibbles<A>(map, simd::u8<A>::load_unaligned(vector)).store_unaligned(vector);
    __builtin_memcpy(to, vector, bytes);
  }
}

/// Calls f(byte of a row's storage, byte of its packed form, count) for each vector of it; f counts rows from the first one.
template <simd::Vector A, class F>
TRILANE_INLINE void for_each_vector(std::size_t rows, std::size_t cols, const auto& f) noexcept {
  constexpr std::size_t lanes = simd::lanes<A>;
  const std::size_t row_bytes = ceil_div(cols, 128) * 32;
  const std::size_t vectors = row_vectors<A>(cols);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t tile = row / dot_rows * dot_tile_bytes<A>(cols);
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::size_t count = row_bytes - v * lanes < lanes ? row_bytes - v * lanes : lanes;
      f(row * row_bytes + v * lanes, tile + (v * dot_rows + row % dot_rows) * lanes, count);
    }
  }
}

template <simd::Vector A, class F>
void dot_pack(const std::uint8_t* codes, std::size_t rows, std::size_t cols, std::uint8_t* packed) noexcept {
  static constexpr auto code_of_pair = simd::repeat16<A>({0, 1, 2, 4, 5, 6, 8, 9, 10});
  const std::size_t packed_bytes = dot_packed_bytes<A, F>(rows, cols);
  if (packed_bytes != rows * ceil_div(cols, 128) * 32) __builtin_memset(packed, 0, packed_bytes);
  for_each_vector<A, F>(rows, cols, [&](std::size_t stored, std::size_t place, std::size_t count) {
    copy_bytes<A, F>(codes + stored, packed + place, count, code_of_pair);
  });
}

template <simd::Vector A, class F>
void dot_unpack(const std::uint8_t* packed, std::size_t rows, std::size_t cols, std::uint8_t* codes) noexcept {
  static constexpr auto pair_of_code = simd::repeat16<A>({0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8});
  for_each_vector<A, F>(rows, cols, [&](std::size_t stored, std::size_t place, std::size_t count) {
    copy_bytes<A, F>(packed + place, codes + stored, count, pair_of_code);
  });
}

template <simd::Vector A, class F>
std::size_t dot_prepared_bytes(std::size_t cols) noexcept {
  return prepared_head + round_up(4 * row_vectors<A>(cols) * simd::lanes<A>, 64);
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

/// A row's sums of products with codes as they are, and with codes four times too large.
template <simd::Vector A>
struct RowAccumulators {
  simd::Accumulator<A> once;
  simd::Accumulator<A> four_times;
};

/// The codes of planes 3 and 1 are multiplied as they are, those of planes 2 and 0 four times too large, in place: that saves
/// two shifts a vector.
template <simd::Vector A>
TRILANE_INLINE void accumulate_row(RowAccumulators<A>& sums, const std::uint8_t* row,
                                   const std::uint8_t* planes) noexcept {
  const simd::u8<A> once(0x03);
  const simd::u8<A> four_times(0x0c);
  const auto bytes = simd::u8<A>::load_unaligned(row);
  const auto upper = simd::shift_right<4>(bytes);
  simd::accumulate(sums.once, bytes & once, load_i8<A>(planes + 3 * simd::lanes<A>));
  simd::accumulate(sums.four_times, bytes & four_times, load_i8<A>(planes + 2 * simd::lanes<A>));
  simd::accumulate(sums.once, upper & once, load_i8<A>(planes + simd::lanes<A>));
  simd::accumulate(sums.four_times, upper & four_times, load_i8<A>(planes));
}

/// A tile's 4 rows of `vectors` vectors times one column.
///
/// Bound: codes up to 8 add at most 4 · 508 to an int16 lane a multiply-accumulate, and there are two of them a vector of
/// weights: int16 holds 8 vectors, 8 · 2 · 2032 = 32512. An int32 lane of four_times gets half of at most 2²⁴ codes, of those a
/// quarter or less: 2²¹ · 8 · 127 < 2³¹.
template <simd::Vector A>
TRILANE_INLINE void dot_gemv_tile(const std::uint8_t* tile, std::size_t vectors, const std::uint8_t* activations,
                                  std::int32_t* sums) noexcept {
  constexpr std::size_t vectors_to_overflow = simd::Accumulator<A>::capacity / 8;
  simd::i32<A> once[dot_rows] = {simd::i32<A>(0), simd::i32<A>(0), simd::i32<A>(0), simd::i32<A>(0)};
  simd::i32<A> four_times[dot_rows] = {simd::i32<A>(0), simd::i32<A>(0), simd::i32<A>(0), simd::i32<A>(0)};
  while (vectors > 0) {
    const std::size_t here = vectors < vectors_to_overflow ? vectors : vectors_to_overflow;
    vectors -= here;
    // Four variables: GCC keeps an array of them in memory.
    RowAccumulators<A> row_0;
    RowAccumulators<A> row_1;
    RowAccumulators<A> row_2;
    RowAccumulators<A> row_3;
    for (std::size_t v = 0; v < here; ++v) {
      fetch_ahead<dot_rows * simd::lanes<A>>(tile);
      accumulate_row<A>(row_0, tile, activations);
      accumulate_row<A>(row_1, tile + simd::lanes<A>, activations);
      accumulate_row<A>(row_2, tile + 2 * simd::lanes<A>, activations);
      accumulate_row<A>(row_3, tile + 3 * simd::lanes<A>, activations);
      tile += dot_rows * simd::lanes<A>;
      activations += 4 * simd::lanes<A>;
    }
    const auto widen = [&](std::size_t row, const RowAccumulators<A>& from) {
      once[row] += simd::widen(from.once);
      four_times[row] += simd::widen(from.four_times);
    };
    widen(0, row_0);
    widen(1, row_1);
    widen(2, row_2);
    widen(3, row_3);
  }
  for (std::size_t r = 0; r < dot_rows; ++r) once[r] += four_times[r] >> 2;
  simd::sums_of_4(once, sums);
}

/// One column, `count` rows.
template <simd::Vector A>
TRILANE_INLINE void dot_gemv(const std::uint8_t* tiles, std::size_t vectors, std::size_t count,
                             const std::uint8_t* activations, std::int32_t* sums) noexcept {
  for (std::size_t row = 0; row < count; row += dot_rows, tiles += dot_rows * vectors * simd::lanes<A>) {
    std::int32_t tile_sums[dot_rows];
    dot_gemv_tile<A>(tiles, vectors, activations, tile_sums);
    const std::size_t here = count - row < dot_rows ? count - row : dot_rows;
    for (std::size_t r = 0; r < here; ++r) sums[row + r] = tile_sums[r];
  }
}

/// Vectors of weights unpacked at a time: as many as int16 sums hold, 4 multiply-accumulates of at most 508 each, and as keep
/// the codes in the L1 cache.
template <simd::Vector A>
inline constexpr std::size_t gemm_vectors =
    simd::Accumulator<A>::capacity / 4 < 16 ? simd::Accumulator<A>::capacity / 4 : 16;

/// The codes of `vectors` vectors of a tile's row, a byte each, in the order of the prepared activations.
template <simd::Vector A>
TRILANE_INLINE void unpack_codes(const std::uint8_t* from, std::size_t vectors, std::uint8_t* to) noexcept {
  const simd::u8<A> code(0x03);
  for (std::size_t v = 0; v < vectors; ++v, to += 4 * simd::lanes<A>) {
    const auto bytes = simd::u8<A>::load_unaligned(from + v * dot_rows * simd::lanes<A>);
    (simd::shift_right<6>(bytes) & code).store_unaligned(to);
    (simd::shift_right<4>(bytes) & code).store_unaligned(to + simd::lanes<A>);
    (simd::shift_right<2>(bytes) & code).store_unaligned(to + 2 * simd::lanes<A>);
    (bytes & code).store_unaligned(to + 3 * simd::lanes<A>);
  }
}

/// A tile's rows and columns: as many sums as leave registers for the rows' codes and one column's activations.
template <simd::Vector A>
inline constexpr std::size_t gemm_tile_rows = simd::registers<A> / 8;
inline constexpr std::size_t gemm_tile_columns = 6;

/// Adds the sums of Rows × Columns products of `steps` vectors of unpacked codes to sums[column · stride + row].
template <simd::Vector A, std::size_t Rows, std::size_t Columns>
TRILANE_INLINE void dot_tile(const std::uint8_t* codes, std::size_t codes_stride, const std::uint8_t* activations,
                             std::size_t column_stride, std::size_t steps, std::int32_t* sums,
                             std::size_t stride) noexcept {
  simd::Accumulator<A> accumulators[Columns][Rows];
  for (std::size_t i = 0; i < steps; ++i) {
    simd::u8<A> weights[Rows];
    for (std::size_t r = 0; r < Rows; ++r) {
      weights[r] = simd::u8<A>::load_unaligned(codes + r * codes_stride + i * simd::lanes<A>);
    }
    for (std::size_t c = 0; c < Columns; ++c) {
      const simd::i8<A> q = load_i8<A>(activations + c * column_stride + i * simd::lanes<A>);
      for (std::size_t r = 0; r < Rows; ++r) simd::accumulate(accumulators[c][r], weights[r], q);
    }
  }
  constexpr std::size_t count = Rows * Columns;
  for (std::size_t i = 0; i < count; i += 4) {
    simd::i32<A> four[4];
    std::int32_t sums_of_four[4];
    for (std::size_t j = 0; j < 4; ++j) {
      four[j] = i + j < count ? simd::widen(accumulators[(i + j) / Rows][(i + j) % Rows]) : simd::i32<A>(0);
    }
    simd::sums_of_4(four, sums_of_four);
    for (std::size_t j = 0; j < 4 && i + j < count; ++j) {
      std::int32_t& sum = sums[(i + j) / Rows * stride + (i + j) % Rows];
      sum = add_modulo(sum, sums_of_four[j]);
    }
  }
}

/// A tile's 4 rows times n columns (at most most_columns): a chunk's codes are unpacked once and multiplied by every column.
/// More rows at a time were slower: their codes push the activations out of the L1 cache.
template <simd::Vector A>
TRILANE_INLINE void dot_gemm_tile(const std::uint8_t* tile, std::size_t vectors, const std::uint8_t* activations,
                                  std::size_t column_stride, std::size_t n, std::int32_t* sums,
                                  std::size_t stride) noexcept {
  constexpr std::size_t codes_stride =
      gemm_vectors<A> * 4 * simd::lanes<A> + 64;  // no power of 2: else rows share sets
  alignas(64) std::uint8_t codes[dot_rows * codes_stride];
  for (std::size_t c = 0; c < n; ++c) __builtin_memset(sums + c * stride, 0, dot_rows * sizeof *sums);
  const std::size_t chunk = ceil_div(vectors, ceil_div(vectors, gemm_vectors<A>));  // of about equal length
  for (std::size_t v = 0; v < vectors; v += chunk) {
    const std::size_t here = vectors - v < chunk ? vectors - v : chunk;
    for (std::size_t r = 0; r < dot_rows; ++r) {
      unpack_codes<A>(tile + (v * dot_rows + r) * simd::lanes<A>, here, codes + r * codes_stride);
    }
    const std::uint8_t* q = activations + v * 4 * simd::lanes<A>;
    std::size_t column = 0;
    const auto multiply_columns = [&]<std::size_t Columns>() {
      for (; column + Columns <= n; column += Columns) {
        for (std::size_t r = 0; r < dot_rows; r += gemm_tile_rows<A>) {
          dot_tile<A, gemm_tile_rows<A>, Columns>(codes + r * codes_stride, codes_stride, q + column * column_stride,
                                                  column_stride, 4 * here, sums + column * stride + r, stride);
        }
      }
    };
    if (n % gemm_tile_columns == 0 || n > 2 * 4) multiply_columns.template operator()<gemm_tile_columns>();
    multiply_columns.template operator()<4>();
    multiply_columns.template operator()<2>();
    multiply_columns.template operator()<1>();
  }
}

template <simd::Vector A, class F>
void dot_multiply(const std::uint8_t* packed, std::size_t cols, std::size_t first, std::size_t count,
                  const std::uint8_t* prepared, std::size_t n, std::int32_t* sums, std::size_t stride) noexcept {
  const std::uint8_t* tiles = packed + first / dot_rows * dot_tile_bytes<A>(cols);
  const std::size_t vectors = row_vectors<A>(cols);
  const std::size_t column_stride = dot_prepared_bytes<A, F>(cols);
  if (n == 1) {
    dot_gemv<A>(tiles, vectors, count, prepared + prepared_head, sums);
  } else {
    for (std::size_t row = 0; row < count; row += dot_rows) {
      dot_gemm_tile<A>(tiles + row * vectors * simd::lanes<A>, vectors, prepared + prepared_head, column_stride, n,
                       sums + row, stride);
    }
  }
  for (std::size_t c = 0; c < n; ++c) {
    std::int32_t q_sum = 0;
    __builtin_memcpy(&q_sum, prepared + c * column_stride, sizeof q_sum);
    for (std::size_t r = 0; r < count; ++r) sums[c * stride + r] = add_modulo(sums[c * stride + r], -q_sum);
  }
}

}  // namespace trilane::kernels
