#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/layout.hpp"
#include "kernels/product/product.hpp"
#include "simd/batch.hpp"

// Products by table lookup, for archs without a product of bytes and for TL2. Contracts in product.hpp.
//
// The weights of a group (a pair, or a triple up to its sign) select one of at most 16 sums of its activations. A sum S is
// split as S = 32·H + L into two signed bytes, L in −16 … 15, so that one byte lookup each gives both for as many rows as a
// vector has lanes. Packed, 32 rows are a tile: byte t of a block's storage of row 0, of row 1 … of row 31, then byte t + 1.
// Each byte holds two groups, one a nibble.
//
// A negative triple takes both bytes by xor with −1: −L−1 and −H−1, which is −S − 33; packing counts a row's negative
// triples, and the sums get 33 for each.

namespace trilane::kernels {

inline constexpr std::size_t groups_an_octet = 8;  // 4 bytes of storage
inline constexpr std::size_t group_table = 32;     // bytes: 16 of L, 16 of H
inline constexpr unsigned octet_bias = 128;        // what an octet's first table adds to its sums

/// A byte for every nibble.
struct NibbleMap {
  std::uint8_t of[16];

  /// Maps both nibbles of a byte.
  TRILANE_INLINE std::uint8_t operator()(std::uint8_t byte) const noexcept {
    return static_cast<std::uint8_t>(of[byte >> 4U] << 4U | of[byte & 15U]);
  }
};

/// How a format's storage becomes groups, and groups storage.
template <class F>
struct Groups {
  static constexpr std::size_t members = 2;
  static constexpr bool is_signed = false;
  static constexpr std::size_t index_bytes = 32;
  static consteval NibbleMap index_of() { return {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}; }
  static consteval NibbleMap code_of() { return index_of(); }
};

/// I2_S bytes become TL1 bytes: the same pairs, 4a + b → 3a + b; unused codes → 0.
template <>
struct Groups<formats::i2_s> : Groups<formats::tl1> {
  static consteval NibbleMap index_of() { return {{0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 0, 0, 0, 0}}; }
  static consteval NibbleMap code_of() { return {{0, 1, 2, 4, 5, 6, 8, 9, 10, 0, 0, 0, 0, 0, 0, 0}}; }
};

template <>
struct Groups<formats::tl2> : Groups<formats::tl1> {
  static constexpr std::size_t members = 3;
  static constexpr bool is_signed = true;
  static constexpr std::size_t index_bytes = 16;
};

/// Sizes of a tile of 32 rows: for TL2 the rows' counts of negative triples, then the blocks. Of a block, octets: 32 bytes of
/// signs (TL2), then 4 · 32 bytes of indices.
template <class F>
struct Tile {
  static constexpr std::size_t octets = Groups<F>::index_bytes / 4;  // a block
  static constexpr std::size_t sign_bytes = Groups<F>::is_signed ? tile_rows : 0;
  static constexpr std::size_t octet_bytes = sign_bytes + 4 * tile_rows;
  static constexpr std::size_t head = Groups<F>::is_signed ? tile_rows * sizeof(std::int32_t) : 0;

  TRILANE_INLINE static std::size_t bytes(std::size_t cols) noexcept {
    return head + ceil_div(cols, F::elements) * octets * octet_bytes;
  }
};

/// The signs of an octet's groups in the order in which multiply() wants them, the first in bit 7: of storage byte 4·octet + j
/// the low nibble's triple (j + 16), then the high nibble's (j).
TRILANE_INLINE std::uint8_t octet_signs(std::uint32_t signs, std::size_t octet) noexcept {
  const std::uint32_t high = signs >> (4 * octet) & 15U;
  const std::uint32_t low = signs >> (4 * octet + 16) & 15U;
  std::uint32_t byte = 0;
  for (unsigned j = 0; j < 4; ++j) byte |= (low >> j & 1U) << (7 - 2 * j) | (high >> j & 1U) << (6 - 2 * j);
  return static_cast<std::uint8_t>(byte);
}

/// The inverse, for one octet: bits of the block's sign word.
TRILANE_INLINE std::uint32_t signs_of_octet(std::uint8_t byte, std::size_t octet) noexcept {
  std::uint32_t signs = 0;
  for (unsigned j = 0; j < 4; ++j) {
    signs |= static_cast<std::uint32_t>(byte >> (7 - 2 * j) & 1U) << (4 * octet + 16 + j);
    signs |= static_cast<std::uint32_t>(byte >> (6 - 2 * j) & 1U) << (4 * octet + j);
  }
  return signs;
}

/// The number of ones, without the instruction (or the call) that an arch may lack.
TRILANE_INLINE std::int32_t ones(std::uint32_t x) noexcept {
  x -= x >> 1U & 0x55555555U;
  x = (x & 0x33333333U) + (x >> 2U & 0x33333333U);
  return static_cast<std::int32_t>(((x + (x >> 4U)) & 0x0F0F0F0FU) * 0x01010101U >> 24U);
}

template <simd::Vector A, class F>
std::size_t lookup_packed_bytes(std::size_t rows, std::size_t cols) noexcept {
  return ceil_div(rows, tile_rows) * Tile<F>::bytes(cols);
}

template <simd::Vector A, class F>
void lookup_pack(const std::uint8_t* codes, std::size_t rows, std::size_t cols, std::uint8_t* packed) noexcept {
  using T = Tile<F>;
  static constexpr NibbleMap index_of = Groups<F>::index_of();
  const std::size_t blocks = ceil_div(cols, F::elements);
  __builtin_memset(packed, 0, lookup_packed_bytes<A, F>(rows, cols));
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint8_t* tile = packed + row / tile_rows * T::bytes(cols);
    std::uint8_t* lane = tile + T::head + row % tile_rows;
    const std::uint8_t* block = codes + row * blocks * F::bytes;
    std::int32_t negative = 0;
    for (std::size_t b = 0; b < blocks; ++b, block += F::bytes) {
      std::uint32_t signs = 0;
      if constexpr (Groups<F>::is_signed) {
        __builtin_memcpy(&signs, block + F::sign_offset, sizeof signs);
        negative += ones(signs);
      }
      for (std::size_t octet = 0; octet < T::octets; ++octet, lane += T::octet_bytes) {
        if constexpr (Groups<F>::is_signed) lane[0] = octet_signs(signs, octet);
        for (std::size_t j = 0; j < 4; ++j) {
          lane[T::sign_bytes + j * tile_rows] = index_of(block[4 * octet + j]);
        }
      }
    }
    if constexpr (Groups<F>::is_signed)
      __builtin_memcpy(tile + row % tile_rows * sizeof negative, &negative, sizeof negative);
  }
}

template <simd::Vector A, class F>
void lookup_unpack(const std::uint8_t* packed, std::size_t rows, std::size_t cols, std::uint8_t* codes) noexcept {
  using T = Tile<F>;
  static constexpr NibbleMap code_of = Groups<F>::code_of();
  const std::size_t blocks = ceil_div(cols, F::elements);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint8_t* lane = packed + row / tile_rows * T::bytes(cols) + T::head + row % tile_rows;
    std::uint8_t* block = codes + row * blocks * F::bytes;
    for (std::size_t b = 0; b < blocks; ++b, block += F::bytes) {
      std::uint32_t signs = 0;
      for (std::size_t octet = 0; octet < T::octets; ++octet, lane += T::octet_bytes) {
        if constexpr (Groups<F>::is_signed) signs |= signs_of_octet(lane[0], octet);
        for (std::size_t j = 0; j < 4; ++j) {
          block[4 * octet + j] = code_of(lane[T::sign_bytes + j * tile_rows]);
        }
      }
      if constexpr (Groups<F>::is_signed) __builtin_memcpy(block + F::sign_offset, &signs, sizeof signs);
    }
  }
}

template <simd::Vector A, class F>
std::size_t lookup_prepared_bytes(std::size_t cols) noexcept {
  return ceil_div(cols, F::elements) * Groups<F>::index_bytes * 2 * group_table;
}

/// The coefficients of each member by index: the digits of 3a + b, or of 9a + 3b + c.
template <std::size_t Members>
struct Coefficients {
  std::int16_t of[Members][16];

  constexpr Coefficients() noexcept : of{} {
    for (int index = 0; index < 16; ++index) {
      int v = Members == 2 ? index : index + 13;  // digits are t + 1
      if (v >= (Members == 2 ? 9 : 27)) continue;
      for (std::size_t member = Members; member-- > 0; v /= 3) of[member][index] = static_cast<std::int16_t>(v % 3 - 1);
    }
  }
};

/// The tables of one group: 16 sums S of its members q[0], q[32], …, as L and H, both plus `bias` modulo 2⁸. |S| ≤ 381, so
/// |H| ≤ 12.
template <simd::Vector A, std::size_t Members>
TRILANE_INLINE void write_group(const std::int8_t* q, unsigned bias, std::uint8_t* table) noexcept {
  using i16 = xsimd::batch<std::int16_t, A>;
  static constexpr Coefficients<Members> coefficients;
  constexpr std::size_t step = i16::size;
  std::int16_t low[16];
  std::int16_t high[16];
  for (std::size_t i = 0; i < 16; i += step) {
    i16 sum(0);
    for (std::size_t member = 0; member < Members; ++member) {
      sum += i16::load_unaligned(coefficients.of[member] + i) * i16(static_cast<std::int16_t>(q[32 * member]));
    }
    const i16 biased = sum + i16(16);
    ((biased & i16(31)) - i16(16)).store_unaligned(low + i);
    (biased >> 5).store_unaligned(high + i);
  }
  for (std::size_t i = 0; i < 16; ++i) table[i] = static_cast<std::uint8_t>(low[i] + bias);
  for (std::size_t i = 0; i < 16; ++i) table[16 + i] = static_cast<std::uint8_t>(high[i] + bias);
}

/// The tables in the order of multiply(): for each storage byte that of the low nibble's group, then the high nibble's.
template <simd::Vector A, class F>
void lookup_prepare(const std::int8_t* q, std::size_t cols, std::uint8_t* prepared) noexcept {
  constexpr std::size_t members = Groups<F>::members;
  // Weights of the low nibble's group of storage byte 0, as a distance from the high nibble's: TL2 triple t+16, else pair t+64.
  constexpr std::size_t low_nibble = members == 3 ? 16 : 64;
  for (std::size_t k = 0; k < cols; k += F::elements) {
    std::int8_t padded[F::elements] = {};
    const std::int8_t* block = q + k;
    if (cols - k < F::elements) {
      __builtin_memcpy(padded, block, cols - k);
      block = padded;
    }
    for (std::size_t t = 0; t < Groups<F>::index_bytes; ++t, prepared += 2 * group_table) {
      write_group<A, members>(block + low_nibble + t, t % 4 == 0 ? octet_bias : 0, prepared);
      write_group<A, members>(block + t, 0, prepared + group_table);
    }
  }
}

/// Sums of a vector of rows over octets, from bytes u = s + 128 with s the signed sum of an octet. Two bytes are a word
/// w = 256 · u_odd + u_even: Σw − 256 · Σ(w >> 8) = Σu_even, modulo 2¹⁶. That saves taking the words apart.
///
/// Bound: 255 · 255 < 2¹⁶.
template <simd::Vector A>
struct RowSums {
  static constexpr std::size_t most_octets = 255;
  simd::u16<A> words{0};
  simd::u16<A> odd{0};

  TRILANE_INLINE void add(simd::u8<A> x) noexcept {
    const auto pairs = xsimd::bitwise_cast<std::uint16_t>(x);
    words += pairs;
    odd += pairs >> 8;
  }
  /// Adds Factor · the signed sums of so many octets to `rows`.
  template <int Factor>
  TRILANE_INLINE void flush(std::size_t octets, std::int32_t* rows) const noexcept {
    std::uint16_t of_words[simd::u16<A>::size];
    std::uint16_t of_odd[simd::u16<A>::size];
    words.store_unaligned(of_words);
    odd.store_unaligned(of_odd);
    const auto bias = static_cast<std::int32_t>(octet_bias * octets);
    for (std::size_t i = 0; i < simd::u16<A>::size; ++i) {
      const auto of_even = static_cast<std::uint16_t>(of_words[i] - (of_odd[i] << 8));
      rows[2 * i] += Factor * (of_even - bias);
      rows[2 * i + 1] += Factor * (of_odd[i] - bias);
    }
  }
};

/// One vector of a tile's rows times so many octets of a column, added to `rows`: as many sums at a time as 16 registers hold.
///
/// Bounds: after xor L is in −16 … 15 and H in −13 … 12, so the 8 groups of an octet sum to −128 … 120 and −104 … 96. The
/// bias of 128, which the first group's table has, makes that 0 … 248 and 24 … 224: uint8 holds them.
template <simd::Vector A, class F>
TRILANE_INLINE void multiply_vector(const std::uint8_t* packed, std::size_t octets, const std::uint8_t* tables,
                                    std::int32_t* rows) noexcept {
  using T = Tile<F>;
  const simd::u8<A> low_nibble(15);
  RowSums<A> low;
  RowSums<A> high;
  for (std::size_t octet = 0; octet < octets; ++octet, packed += T::octet_bytes) {
    fetch_ahead<T::octet_bytes>(packed);
    simd::u8<A> octet_low(0);
    simd::u8<A> octet_high(0);
    simd::i8<A> signs;
    if constexpr (Groups<F>::is_signed) signs = xsimd::bitwise_cast<std::int8_t>(simd::u8<A>::load_unaligned(packed));
    for (std::size_t j = 0; j < 4; ++j, tables += 2 * group_table) {
      const auto pairs = simd::u8<A>::load_unaligned(packed + T::sign_bytes + j * tile_rows);
      const simd::u8<A> index[2] = {pairs & low_nibble, simd::shift_right<4>(pairs) & low_nibble};
      for (std::size_t nibble = 0; nibble < 2; ++nibble) {
        const std::uint8_t* table = tables + nibble * group_table;
        simd::u8<A> l = simd::lookup(simd::load16<A>(table), index[nibble]);
        simd::u8<A> h = simd::lookup(simd::load16<A>(table + 16), index[nibble]);
        if constexpr (Groups<F>::is_signed) {
          const auto negative = xsimd::bitwise_cast<std::uint8_t>(simd::sign_mask(signs));
          signs += signs;
          l = l ^ negative;
          h = h ^ negative;
        }
        octet_low += l;
        octet_high += h;
      }
    }
    low.add(octet_low);
    high.add(octet_high);
  }
  low.template flush<1>(octets, rows);
  high.template flush<32>(octets, rows);
}

/// 32 rows times one column.
template <simd::Vector A, class F>
TRILANE_INLINE void multiply_tile(const std::uint8_t* tile, std::size_t cols, const std::uint8_t* tables,
                                  std::int32_t (&rows)[tile_rows]) noexcept {
  using T = Tile<F>;
  for (std::size_t r = 0; r < tile_rows; ++r) rows[r] = 0;
  if constexpr (Groups<F>::is_signed) {
    std::int32_t negative[tile_rows];
    __builtin_memcpy(negative, tile, sizeof negative);
    for (std::size_t r = 0; r < tile_rows; ++r) rows[r] = 33 * negative[r];
  }
  const std::uint8_t* packed = tile + T::head;
  std::size_t left = ceil_div(cols, F::elements) * T::octets;
  while (left > 0) {
    const std::size_t here = left < RowSums<A>::most_octets ? left : RowSums<A>::most_octets;
    left -= here;
    for (std::size_t first = 0; first < tile_rows; first += simd::lanes<A>) {
      multiply_vector<A, F>(packed + first, here, tables, rows + first);
    }
    packed += here * T::octet_bytes;
    tables += here * groups_an_octet * group_table;
  }
}

template <simd::Vector A, class F>
void lookup_multiply(const std::uint8_t* packed, std::size_t cols, std::size_t first, std::size_t count,
                     const std::uint8_t* prepared, std::size_t n, std::int32_t* sums, std::size_t stride) noexcept {
  const std::uint8_t* tile = packed + first / tile_rows * Tile<F>::bytes(cols);
  for (std::size_t row = 0; row < count; row += tile_rows, tile += Tile<F>::bytes(cols)) {
    const std::size_t here = count - row < tile_rows ? count - row : tile_rows;
    for (std::size_t c = 0; c < n; ++c) {
      std::int32_t rows[tile_rows];
      multiply_tile<A, F>(tile, cols, prepared + c * lookup_prepared_bytes<A, F>(cols), rows);
      for (std::size_t r = 0; r < here; ++r) sums[c * stride + row + r] = rows[r];
    }
  }
}

}  // namespace trilane::kernels
