#pragma once

#include "simd/batch.hpp"

// What 128-bit archs share once they have lookup().

namespace trilane::simd {

template <class A>
concept Bytes128 = lanes<A>
== 16;

/// Each byte four times: a byte lookup then makes a float in one step.
template <class A>
struct Spread {
  u8<A> bytes;
};

/// The bytes of the floats −s, +0, s, 0.
template <class A>
struct Levels {
  u8<A> bytes;
};

template <Bytes128 A>
TRILANE_INLINE Levels<A> levels(float s) noexcept {
  const float values[4] = {-s, 0.0F, s, 0.0F};
  return {xsimd::bitwise_cast<std::uint8_t>(f32<A>::load_unaligned(values))};
}

template <Bytes128 A>
TRILANE_INLINE Spread<A> spread(const std::uint8_t* bytes) noexcept {
  static constexpr Constant<A> four_times = repeat16<A>({0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3});
  std::uint32_t word = 0;
  __builtin_memcpy(&word, bytes, sizeof word);
  return {lookup(xsimd::bitwise_cast<std::uint8_t>(xsimd::batch<std::uint32_t, A>(word)), four_times)};
}

template <int Shift, Bytes128 A>
TRILANE_INLINE f32<A> pick(Spread<A> x, Levels<A> levels) noexcept {
  static constexpr Constant<A> byte_of_float = repeat16<A>({0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3});
  u8<A> code_in_bits_3_2 = x.bytes;
  if constexpr (Shift > 2) code_in_bits_3_2 = shift_right<Shift - 2>(x.bytes);
  if constexpr (Shift < 2) code_in_bits_3_2 = shift_left<2 - Shift>(x.bytes);
  const u8<A> index = (code_in_bits_3_2 & u8<A>(12)) | u8<A>(byte_of_float);
  return xsimd::bitwise_cast<float>(lookup(levels.bytes, index));
}

template <Bytes128 A>
TRILANE_INLINE void store_nibbles(const u8<A> (&x)[2], std::uint8_t* to) noexcept {
  (shift_left<4>(x[0]) | x[1]).store_unaligned(to);
}

template <Bytes128 A>
TRILANE_INLINE void load_nibbles(const std::uint8_t* from, u8<A> (&x)[2]) noexcept {
  const u8<A> both = u8<A>::load_unaligned(from);
  x[0] = shift_right<4>(both) & u8<A>(15);
  x[1] = both & u8<A>(15);
}

}  // namespace trilane::simd
