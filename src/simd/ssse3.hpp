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
  xsimd::batch<std::int16_t, ssse3> sums{0};
};
template <class A>
inline constexpr std::size_t mac_lanes = lanes<A>;

TRILANE_INLINE void forget(u8<ssse3>& x) noexcept { asm volatile("" : "+x"(x.data)); }

TRILANE_INLINE void accumulate(Accumulator<ssse3>& sum, u8<ssse3> a, i8<ssse3> b) noexcept {
  sum.sums = _mm_add_epi16(sum.sums, _mm_maddubs_epi16(a, b));
}

}  // namespace trilane::simd

#include "simd/bytes128.hpp"
