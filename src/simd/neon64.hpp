#pragma once

#include <arm_neon.h>

#include <concepts>

#include "simd/batch.hpp"

namespace trilane::simd {

using neon64 = xsimd::neon64;

/// neon64, and what extends it.
template <class A>
concept Neon = std::derived_from<A, xsimd::neon64>;

template <Neon A>
TRILANE_INLINE i32<A> as_mask(xsimd::batch_bool<float, A> b) noexcept {
  return vreinterpretq_s32_u32(b);
}

template <Neon A>
TRILANE_INLINE i8<A> narrow(i32<A> a, i32<A> b, i32<A> c, i32<A> d) noexcept {
  const int16x8_t ab = vmovn_high_s32(vmovn_s32(a), b);
  const int16x8_t cd = vmovn_high_s32(vmovn_s32(c), d);
  return vmovn_high_s16(vmovn_s16(ab), cd);
}

template <Neon A>
TRILANE_INLINE i8<A> in_order(i8<A> x) noexcept {
  return x;
}

template <Neon A>
TRILANE_INLINE u8<A> lookup(u8<A> table, u8<A> i) noexcept {
  return vqtbl1q_u8(table, i);
}

template <Neon A>
TRILANE_INLINE void forget(u8<A>& x) noexcept {
  asm volatile("" : "+w"(x.data));
}

template <Neon A>
TRILANE_INLINE i8<A> sign_mask(i8<A> x) noexcept {
  return vshrq_n_s8(x, 7);
}

template <Neon A>
TRILANE_INLINE void sums_of_4(const i32<A> (&x)[4], std::int32_t* to) noexcept {
  vst1q_s32(to, vpaddq_s32(vpaddq_s32(x[0], x[1]), vpaddq_s32(x[2], x[3])));
}

template <class A>
inline constexpr bool multiplies_bytes = true;
template <class A>
inline constexpr std::size_t mac_lanes = lanes<A>;

/// Two products a lane and step, as maddubs, but of lanes that lie 8 apart.
template <class A>
struct Accumulator {
  static constexpr std::size_t capacity = 32767 / most_a_step;
  i16<A> sums{0};
};

TRILANE_INLINE void accumulate(Accumulator<neon64>& sum, u8<neon64> a, i8<neon64> b) noexcept {
  const int8x16_t codes = vreinterpretq_s8_u8(a);
  const int16x8_t low = vmlal_s8(sum.sums, vget_low_s8(codes), vget_low_s8(b));
  sum.sums = vmlal_high_s8(low, codes, b);
}

TRILANE_INLINE i32<neon64> widen(const Accumulator<neon64>& sum) noexcept { return vpaddlq_s16(sum.sums); }

}  // namespace trilane::simd

#ifdef __ARM_FEATURE_DOTPROD

namespace trilane::simd {

/// neon64 with the dot product of Armv8.2: four products to an int32 lane a step.
struct neon64_dotprod : xsimd::neon64 {};

}  // namespace trilane::simd

namespace xsimd::types {
XSIMD_DECLARE_SIMD_REGISTER_ALIAS(trilane::simd::neon64_dotprod, neon64);
template <class T>
struct get_bool_simd_register<T, trilane::simd::neon64_dotprod>
    : detail::neon_bool_simd_register<T, trilane::simd::neon64_dotprod> {};
}  // namespace xsimd::types

namespace trilane::simd {

template <>
struct Accumulator<neon64_dotprod> {
  static constexpr std::size_t capacity = (std::size_t{1} << 30U) / (2 * most_a_step);
  i32<neon64_dotprod> sums{0};
};

TRILANE_INLINE void accumulate(Accumulator<neon64_dotprod>& sum, u8<neon64_dotprod> a, i8<neon64_dotprod> b) noexcept {
  sum.sums = vdotq_s32(sum.sums, vreinterpretq_s8_u8(a), b);
}

TRILANE_INLINE i32<neon64_dotprod> widen(const Accumulator<neon64_dotprod>& sum) noexcept { return sum.sums; }

}  // namespace trilane::simd

#endif

#include "simd/bytes128.hpp"
