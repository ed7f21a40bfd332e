#pragma once

#include <wasm_simd128.h>

#include <concepts>

#include "simd/batch.hpp"

namespace trilane::simd {

using simd128 = xsimd::wasm;

/// simd128, and what extends it.
template <class A>
concept Wasm = std::derived_from<A, xsimd::wasm>;

template <Wasm A>
TRILANE_INLINE i32<A> as_mask(xsimd::batch_bool<float, A> b) noexcept {
  return v128_t(b);
}

template <Wasm A>
TRILANE_INLINE i8<A> narrow(i32<A> a, i32<A> b, i32<A> c, i32<A> d) noexcept {
  return wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(a, b), wasm_i16x8_narrow_i32x4(c, d));
}

template <Wasm A>
TRILANE_INLINE i8<A> in_order(i8<A> x) noexcept {
  return x;
}

TRILANE_INLINE u8<simd128> lookup(u8<simd128> table, u8<simd128> i) noexcept { return wasm_i8x16_swizzle(table, i); }

/// LLVM has no register constraint for v128, so x is forgotten in memory: it costs a load.
template <Wasm A>
TRILANE_INLINE void forget(u8<A>& x) noexcept {
  asm volatile("" : : "r"(&x) : "memory");
}

template <Wasm A>
TRILANE_INLINE i8<A> sign_mask(i8<A> x) noexcept {
  return wasm_i8x16_lt(x, wasm_i8x16_const_splat(0));
}

template <Wasm A>
TRILANE_INLINE void sums_of_4(const i32<A> (&x)[4], std::int32_t* to) noexcept {
  // A transposition of 4 × 4, summed.
  const v128_t low_01 = wasm_i32x4_shuffle(x[0], x[1], 0, 4, 1, 5);
  const v128_t high_01 = wasm_i32x4_shuffle(x[0], x[1], 2, 6, 3, 7);
  const v128_t low_23 = wasm_i32x4_shuffle(x[2], x[3], 0, 4, 1, 5);
  const v128_t high_23 = wasm_i32x4_shuffle(x[2], x[3], 2, 6, 3, 7);
  const v128_t sums_01 = wasm_i32x4_add(low_01, high_01);  // of x[0], x[1], x[0], x[1]
  const v128_t sums_23 = wasm_i32x4_add(low_23, high_23);
  wasm_v128_store(
      to, wasm_i32x4_add(wasm_i64x2_shuffle(sums_01, sums_23, 0, 2), wasm_i64x2_shuffle(sums_01, sums_23, 1, 3)));
}

/// WASM without relaxed SIMD has no product of bytes: its best is 8 products of int16 a step.
template <class A>
inline constexpr bool multiplies_bytes = false;
template <class A>
inline constexpr std::size_t mac_lanes = lanes<A> / 2;

template <class A>
struct Accumulator {
  static constexpr std::size_t capacity = 32767 / most_a_step;
  i32<A> sums{0};
};

TRILANE_INLINE void accumulate(Accumulator<simd128>& sum, u8<simd128> a, i8<simd128> b) noexcept {
  sum.sums = wasm_i32x4_add(sum.sums, wasm_i32x4_dot_i16x8(a, b));
}

TRILANE_INLINE i32<simd128> widen(const Accumulator<simd128>& sum) noexcept { return sum.sums; }

}  // namespace trilane::simd

#include "simd/bytes128.hpp"
