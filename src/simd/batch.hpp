#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/inline.hpp"
#include "simd/scalar.hpp"
#include "xsimd/xsimd.hpp"

#if XSIMD_VERSION_MAJOR < 13
#error "trilane needs xsimd 13 or newer; the parent project's target xsimd is older"
#endif

// Short names for xsimd's vectors. What xsimd lacks is in the arch's own header, overloaded on the arch tag: each of them
// defines the functions below, and is included before the kernels' generic templates.
//
//   as_mask(b)              batch_bool<float> → lanes of 0 and −1
//   narrow(a, b, c, d)      4 vectors of int32 −128…127 → 1 of int8, in an order of the arch's choice
//   in_order(x)             puts the lanes of what narrow() made in their natural order
//   lookup(table, i)        byte lanes table[i], i < 16; `table` repeats its 16 bytes in each 128 bits
//   Codes<A>                32 bytes of four 2-bit codes each, in a form of the arch's choice: load_codes(p) from memory,
//                           to_codes(x) from byte lanes
//   Levels<A>, levels(s)    the floats −s, +0, s as write_plane() wants them
//   write_plane<Shift>(codes, levels, to)   32 floats −s, +0 or s for the codes (byte >> Shift & 3) 0, 1 or 2
//   store_nibbles(x, p)     32 byte lanes < 16 → 16 bytes, byte t = lane t << 4 | lane t+16
//   load_nibbles(p, x)      its inverse
//   forget(x)               keeps x but hides its value from the optimiser
//   load16(p)               16 bytes, repeated in each 128 bits
//   sign_mask(x)            int8 lanes of −1 where x is negative, else 0
//   Wide<A>                 the tag of the widest vectors that the arch multiplies bytes with: A itself unless specialized
//   registers<A>            vector registers: 16 unless specialized
//   multiplies_bytes<A>     true if there is a product of bytes; then also widen() and Accumulator<A>::capacity
//   Accumulator<A>, accumulate(sum, a, b)   the arch's best int8 multiply-accumulate step; mac_lanes<A> products; `capacity`
//                           steps with codes up to 2 cannot overflow it
//   widen(sum)              an Accumulator as int32 lanes
//   sums_of_4(x, p)         the sum of each of 4 vectors of int32, as 4 int32 at p

namespace trilane::simd {

template <class A>
using u8 = xsimd::batch<std::uint8_t, A>;
template <class A>
using i8 = xsimd::batch<std::int8_t, A>;
template <class A>
using i16 = xsimd::batch<std::int16_t, A>;
template <class A>
using u16 = xsimd::batch<std::uint16_t, A>;
template <class A>
using i32 = xsimd::batch<std::int32_t, A>;
template <class A>
using f32 = xsimd::batch<float, A>;

/// Byte lanes of a vector: 16 or 32.
template <class A>
inline constexpr std::size_t lanes = u8<A>::size;

template <class A>
struct WideTag {
  using type = A;
};
template <class A>
using Wide = typename WideTag<A>::type;

template <class A>
inline constexpr std::size_t registers = 16;

/// Vectors that hold the 32 byte lanes of a block's planes.
template <class A>
inline constexpr std::size_t vectors_a_plane = 32 / lanes<A>;

/// Shifts of whole vectors by pairs of bytes: one instruction, where byte shifts are emulated. Bits cross between the two
/// bytes of a pair, so the caller masks them or knows them to be 0.
template <int Bits, class T, class A>
TRILANE_INLINE xsimd::batch<T, A> shift_left(xsimd::batch<T, A> x) noexcept {
  return xsimd::bitwise_cast<T>(xsimd::bitwise_cast<std::uint16_t>(x) << Bits);
}
template <int Bits, class T, class A>
TRILANE_INLINE xsimd::batch<T, A> shift_right(xsimd::batch<T, A> x) noexcept {
  return xsimd::bitwise_cast<T>(xsimd::bitwise_cast<std::uint16_t>(x) >> Bits);
}

/// The bytes of a constant vector. As a `static constexpr` it costs one load; built at run time it would cost a loop.
template <class A>
struct Constant {
  std::uint8_t bytes[lanes<A>];

  TRILANE_INLINE operator u8<A>() const noexcept { return u8<A>::load_unaligned(bytes); }
};

/// 16 bytes, repeated in each 128 bits of a vector.
template <class A>
constexpr Constant<A> repeat16(const std::uint8_t (&bytes)[16]) noexcept {
  Constant<A> repeated{};
  for (std::size_t i = 0; i < lanes<A>; ++i) repeated.bytes[i] = bytes[i % 16];
  return repeated;
}

/// Most that a multiply-accumulate step adds to an int16 lane: two products of a code up to 2 and an activation.
inline constexpr std::size_t most_a_step = 2 * 2 * 127;

}  // namespace trilane::simd
