#pragma once

#include <immintrin.h>

#include <concepts>

#include "simd/batch.hpp"

namespace trilane::simd {

using avx2 = xsimd::avx2;

/// avx2, and what extends it at the same width.
template <class A>
concept Avx2 = std::derived_from<A, xsimd::avx2>;

template <Avx2 A>
TRILANE_INLINE i32<A> as_mask(xsimd::batch_bool<float, A> b) noexcept {
  return _mm256_castps_si256(b);
}

/// AVX2 packs within 128 bits: the 4-byte groups come out as a0 b0 c0 d0 a1 b1 c1 d1.
template <Avx2 A>
TRILANE_INLINE i8<A> narrow(i32<A> a, i32<A> b, i32<A> c, i32<A> d) noexcept {
  return _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
}

template <Avx2 A>
TRILANE_INLINE i8<A> in_order(i8<A> x) noexcept {
  return _mm256_permutevar8x32_epi32(x, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

template <Avx2 A>
TRILANE_INLINE u8<A> lookup(u8<A> table, u8<A> i) noexcept {
  return _mm256_shuffle_epi8(table, i);
}

/// In each 32-bit lane of words[i] four bytes; write_plane() shifts the one that the lane wants down. Two broadcasts (loads)
/// and a blend leave the shuffle port, the bottleneck, to write_plane().
template <class A>
struct Codes {
  i32<A> words[4];
};

template <class A>
TRILANE_INLINE Codes<A> load_codes(const std::uint8_t* from) noexcept {
  Codes<A> codes;
  for (std::size_t i = 0; i < 4; ++i) {
    const __m256i low = _mm256_broadcastd_epi32(_mm_loadu_si32(from + 8 * i));
    const __m256i high = _mm256_broadcastd_epi32(_mm_loadu_si32(from + 8 * i + 4));
    codes.words[i] = _mm256_blend_epi32(low, high, 0xf0);
  }
  return codes;
}

template <Avx2 A>
TRILANE_INLINE Codes<A> to_codes(const u8<A> (&x)[1]) noexcept {
  std::uint8_t bytes[32];
  x[0].store_unaligned(bytes);
  return load_codes<A>(bytes);
}

/// −s, +0, s, 0 in each 128 bits: vpermilps picks by the two low bits of each lane and ignores the others.
template <class A>
struct Levels {
  f32<A> values;
};

template <class A>
TRILANE_INLINE Levels<A> levels(float s) noexcept {
  return {_mm256_setr_ps(-s, 0, s, 0, -s, 0, s, 0)};
}

template <int Shift, Avx2 A>
TRILANE_INLINE void write_plane(const Codes<A>& codes, Levels<A> levels, float* to) noexcept {
  const __m256i bits_of_lane = _mm256_setr_epi32(Shift, Shift + 8, Shift + 16, Shift + 24,  //
                                                 Shift, Shift + 8, Shift + 16, Shift + 24);
  for (std::size_t i = 0; i < 4; ++i) {
    const __m256i code_in_low_bits = _mm256_srlv_epi32(codes.words[i], bits_of_lane);
    _mm256_storeu_ps(to + 8 * i, _mm256_permutevar_ps(levels.values, code_in_low_bits));
  }
}

template <Avx2 A>
TRILANE_INLINE void store_nibbles(const u8<A> (&x)[1], std::uint8_t* to) noexcept {
  const __m128i low_16 = _mm256_castsi256_si128(x[0]);
  const __m128i high_16 = _mm256_extracti128_si256(x[0], 1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_or_si128(_mm_slli_epi16(low_16, 4), high_16));
}

template <Avx2 A>
TRILANE_INLINE void load_nibbles(const std::uint8_t* from, u8<A> (&x)[1]) noexcept {
  const __m256i twice = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  const __m256i placed = _mm256_blend_epi32(_mm256_srli_epi16(twice, 4), twice, 0xf0);
  x[0] = _mm256_and_si256(placed, _mm256_set1_epi8(15));
}

template <class A>
struct Accumulator;
template <>
struct Accumulator<avx2> {
  static constexpr std::size_t capacity = 32767 / most_a_step;
  i16<avx2> sums{0};
};
template <class A>
inline constexpr std::size_t mac_lanes = lanes<A>;

template <Avx2 A>
TRILANE_INLINE void forget(u8<A>& x) noexcept {
  asm volatile("" : "+x"(x.data));
}

TRILANE_INLINE void accumulate(Accumulator<avx2>& sum, u8<avx2> a, i8<avx2> b) noexcept {
  sum.sums = _mm256_add_epi16(sum.sums, _mm256_maddubs_epi16(a, b));
}

template <class A>
inline constexpr bool multiplies_bytes = true;

TRILANE_INLINE i32<avx2> widen(const Accumulator<avx2>& sum) noexcept {
  return _mm256_madd_epi16(sum.sums, _mm256_set1_epi16(1));
}

TRILANE_INLINE void sums_of_4(const i32<avx2> (&x)[4], std::int32_t* to) noexcept {
  const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(x[0], x[1]), _mm256_hadd_epi32(x[2], x[3]));
  const __m128i sums = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), sums);
}

template <Avx2 A>
TRILANE_INLINE i8<A> sign_mask(i8<A> x) noexcept {
  return _mm256_cmpgt_epi8(_mm256_setzero_si256(), x);
}

template <class A>
TRILANE_INLINE u8<A> load16(const std::uint8_t* from) noexcept {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

}  // namespace trilane::simd
