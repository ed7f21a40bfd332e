#pragma once

#include "simd/simd128.hpp"

// simd128 and the relaxed instructions: a product of bytes, and a byte lookup that leaves out the check of its index. They may
// differ between processors, but not for what kernels give them: indices below 16; codes below 128, and sums of two products
// below 2¹⁵.

namespace trilane::simd {

struct relaxed : xsimd::wasm {};

}  // namespace trilane::simd

namespace xsimd::types {
XSIMD_DECLARE_SIMD_REGISTER_ALIAS(trilane::simd::relaxed, wasm);
}  // namespace xsimd::types

namespace trilane::simd {

TRILANE_INLINE u8<relaxed> lookup(u8<relaxed> table, u8<relaxed> i) noexcept {
  return wasm_i8x16_relaxed_swizzle(table, i);
}

template <>
inline constexpr bool multiplies_bytes<relaxed> = true;
template <>
inline constexpr std::size_t mac_lanes<relaxed> = lanes<relaxed>;

template <>
struct Accumulator<relaxed> {
  static constexpr std::size_t capacity = 32767 / most_a_step;
  i16<relaxed> sums{0};
};

TRILANE_INLINE void accumulate(Accumulator<relaxed>& sum, u8<relaxed> a, i8<relaxed> b) noexcept {
  sum.sums = wasm_i16x8_add(sum.sums, wasm_i16x8_relaxed_dot_i8x16_i7x16(b, a));
}

TRILANE_INLINE i32<relaxed> widen(const Accumulator<relaxed>& sum) noexcept {
  return wasm_i32x4_extadd_pairwise_i16x8(sum.sums);
}

}  // namespace trilane::simd
