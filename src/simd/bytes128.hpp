#pragma once

#include "simd/batch.hpp"

// What 128-bit archs share once they have lookup().

namespace trilane::simd {

template <class A>
concept Bytes128 = lanes<A>
== 16;

template <class A>
struct Codes {
  u8<A> bytes[2];
};

/// The bytes of the floats −s, +0, s, 0: a byte lookup makes floats.
template <class A>
struct Levels {
  u8<A> bytes;
};

template <Bytes128 A>
TRILANE_INLINE Codes<A> to_codes(const u8<A> (&x)[2]) noexcept {
  return {x[0], x[1]};
}

template <Bytes128 A>
TRILANE_INLINE Codes<A> load_codes(const std::uint8_t* from) noexcept {
  return {u8<A>::load_unaligned(from), u8<A>::load_unaligned(from + 16)};
}

template <Bytes128 A>
TRILANE_INLINE Levels<A> levels(float s) noexcept {
  const float values[4] = {-s, 0.0F, s, 0.0F};
  return {xsimd::bitwise_cast<std::uint8_t>(f32<A>::load_unaligned(values))};
}

/// The floats of bytes 4·Quarter … 4·Quarter + 3: each byte (4 · its code) four times, plus 0, 1, 2, 3, looked up.
template <int Quarter, Bytes128 A>
TRILANE_INLINE f32<A> quarter_of_plane(u8<A> four_codes, Levels<A> levels) noexcept {
  constexpr std::uint8_t q = 4 * Quarter;
  static constexpr Constant<A> four_times =
      repeat16<A>({q, q, q, q, q + 1, q + 1, q + 1, q + 1, q + 2, q + 2, q + 2, q + 2, q + 3, q + 3, q + 3, q + 3});
  static constexpr Constant<A> byte_of_float = repeat16<A>({0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3});
  const u8<A> index = lookup(four_codes, u8<A>(four_times)) | u8<A>(byte_of_float);
  return xsimd::bitwise_cast<float>(lookup(levels.bytes, index));
}

template <int Shift, Bytes128 A>
TRILANE_INLINE void write_plane(const Codes<A>& codes, Levels<A> levels, float* to) noexcept {
  for (std::size_t half = 0; half < 2; ++half) {
    u8<A> four_codes = codes.bytes[half];  // its code in bits 3 and 2
    if constexpr (Shift > 2) four_codes = shift_right<Shift - 2>(four_codes);
    if constexpr (Shift < 2) four_codes = shift_left<2 - Shift>(four_codes);
    four_codes = four_codes & u8<A>(12);
    quarter_of_plane<0>(four_codes, levels).store_unaligned(to + 16 * half);
    quarter_of_plane<1>(four_codes, levels).store_unaligned(to + 16 * half + 4);
    quarter_of_plane<2>(four_codes, levels).store_unaligned(to + 16 * half + 8);
    quarter_of_plane<3>(four_codes, levels).store_unaligned(to + 16 * half + 12);
  }
}

template <Bytes128 A>
TRILANE_INLINE u8<A> load16(const std::uint8_t* from) noexcept {
  return u8<A>::load_unaligned(from);
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
