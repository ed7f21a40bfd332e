#pragma once

#include <tmmintrin.h>

#include "simd/batch.hpp"

namespace trilane::simd {

using ssse3 = xsimd::ssse3;

TRILANE_INLINE i32<ssse3> as_mask(xsimd::batch_bool<float, ssse3> b) noexcept { return _mm_castps_si128(b); }

TRILANE_INLINE i8<ssse3> narrow(i32<ssse3> a, i32<ssse3> b, i32<ssse3> c, i32<ssse3> d) noexcept {
  return _mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
}

TRILANE_INLINE i8<ssse3> in_order(i8<ssse3> x) noexcept { return x; }

TRILANE_INLINE u8<ssse3> lookup(u8<ssse3> table, u8<ssse3> i) noexcept { return _mm_shuffle_epi8(table, i); }

template <class A>
struct Accumulator;
template <>
struct Accumulator<ssse3> {
  static constexpr std::size_t capacity = 32767 / most_a_step;
  i16<ssse3> sums{0};
};
template <class A>
inline constexpr std::size_t mac_lanes = lanes<A>;

TRILANE_INLINE void forget(u8<ssse3>& x) noexcept { asm volatile("" : "+x"(x.data)); }

TRILANE_INLINE void accumulate(Accumulator<ssse3>& sum, u8<ssse3> a, i8<ssse3> b) noexcept {
  sum.sums = _mm_add_epi16(sum.sums, _mm_maddubs_epi16(a, b));
}

template <class A>
inline constexpr bool multiplies_bytes = true;

TRILANE_INLINE i32<ssse3> widen(const Accumulator<ssse3>& sum) noexcept {
  return _mm_madd_epi16(sum.sums, _mm_set1_epi16(1));
}

TRILANE_INLINE void sums_of_4(const i32<ssse3> (&x)[4], std::int32_t* to) noexcept {
  const __m128i pairs_01 = _mm_hadd_epi32(x[0], x[1]);
  const __m128i pairs_23 = _mm_hadd_epi32(x[2], x[3]);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_hadd_epi32(pairs_01, pairs_23));
}

TRILANE_INLINE i8<ssse3> sign_mask(i8<ssse3> x) noexcept { return _mm_cmpgt_epi8(_mm_setzero_si128(), x); }

}  // namespace trilane::simd

#include "simd/bytes128.hpp"
