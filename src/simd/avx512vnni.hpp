#pragma once

#include "simd/avx2.hpp"

// Storage is coded as on avx2, which memory bounds anyway; products of bytes take vectors of 512 bits and dot products that
// add to int32 at once.

namespace trilane::simd {

struct avx512vnni : xsimd::avx2 {};
using avx512vnni_wide = xsimd::avx512vnni<xsimd::avx512bw>;

}  // namespace trilane::simd

namespace xsimd::types {
XSIMD_DECLARE_SIMD_REGISTER_ALIAS(trilane::simd::avx512vnni, avx2);
}  // namespace xsimd::types

namespace trilane::simd {

template <>
struct WideTag<avx512vnni> {
  using type = avx512vnni_wide;
};
template <>
inline constexpr std::size_t registers<avx512vnni_wide> = 32;

TRILANE_INLINE u8<avx512vnni_wide> lookup(u8<avx512vnni_wide> table, u8<avx512vnni_wide> i) noexcept {
  return _mm512_shuffle_epi8(table, i);
}

TRILANE_INLINE void forget(u8<avx512vnni_wide>& x) noexcept { asm volatile("" : "+v"(x.data)); }

/// A step adds four products to an int32 lane.
template <>
struct Accumulator<avx512vnni_wide> {
  static constexpr std::size_t capacity = (std::size_t{1} << 30U) / (2 * most_a_step);
  i32<avx512vnni_wide> sums{0};
};

TRILANE_INLINE void accumulate(Accumulator<avx512vnni_wide>& sum, u8<avx512vnni_wide> a,
                               i8<avx512vnni_wide> b) noexcept {
  sum.sums = _mm512_dpbusd_epi32(sum.sums, a, b);
}

TRILANE_INLINE i32<avx512vnni_wide> widen(const Accumulator<avx512vnni_wide>& sum) noexcept { return sum.sums; }

TRILANE_INLINE void sums_of_4(const i32<avx512vnni_wide> (&x)[4], std::int32_t* to) noexcept {
  const auto halves = [](__m512i of) {
    return _mm256_add_epi32(_mm512_castsi512_si256(of), _mm512_extracti64x4_epi64(of, 1));
  };
  const i32<avx2> folded[4] = {halves(x[0]), halves(x[1]), halves(x[2]), halves(x[3])};
  sums_of_4(folded, to);
}

}  // namespace trilane::simd
