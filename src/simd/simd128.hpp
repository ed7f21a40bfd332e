#pragma once

#include <wasm_simd128.h>

#include "simd/batch.hpp"

namespace trilane::simd {

using simd128 = xsimd::wasm;

TRILANE_INLINE i32<simd128> as_mask(xsimd::batch_bool<float, simd128> b) noexcept { return v128_t(b); }

TRILANE_INLINE i8<simd128> narrow(i32<simd128> a, i32<simd128> b, i32<simd128> c, i32<simd128> d) noexcept {
  return wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(a, b), wasm_i16x8_narrow_i32x4(c, d));
}

TRILANE_INLINE i8<simd128> in_order(i8<simd128> x) noexcept { return x; }

TRILANE_INLINE u8<simd128> lookup(u8<simd128> table, u8<simd128> i) noexcept { return wasm_i8x16_swizzle(table, i); }

template <class A>
struct Accumulator;
template <>
struct Accumulator<simd128> {
  i32<simd128> sums{0};
};

/// WASM without relaxed SIMD has no product of bytes: its best is 8 products of int16 a step.
template <class A>
inline constexpr std::size_t mac_lanes = lanes<A> / 2;

/// LLVM has no register constraint for v128, so x is forgotten in memory: it costs a load.
TRILANE_INLINE void forget(u8<simd128>& x) noexcept { asm volatile("" : : "r"(&x) : "memory"); }

TRILANE_INLINE void accumulate(Accumulator<simd128>& sum, u8<simd128> a, i8<simd128> b) noexcept {
  sum.sums = wasm_i32x4_add(sum.sums, wasm_i32x4_dot_i16x8(a, b));
}

}  // namespace trilane::simd

#include "simd/bytes128.hpp"
