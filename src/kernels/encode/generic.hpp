#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/layout.hpp"
#include "kernels/encode/encode.hpp"
#include "simd/batch.hpp"

namespace trilane::kernels {

/// −(w + 1) of lanes() consecutive weights' codes w, in narrow()'s order: the masks of w > h and w ≥ −h, added.
template <simd::Vector A>
TRILANE_INLINE simd::i8<A> minus_codes(const float* weights, simd::f32<A> h, simd::f32<A> minus_h) noexcept {
  constexpr std::size_t step = simd::f32<A>::size;
  simd::i32<A> part[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto w = simd::f32<A>::load_unaligned(weights + i * step);
    part[i] = simd::as_mask(w > h) + simd::as_mask(w >= minus_h);
  }
  return simd::narrow(part[0], part[1], part[2], part[3]);
}

/// The bytes c[t]<<6 | c[t+32]<<4 | c[t+64]<<2 | c[t+96] of lanes() columns t, in narrow()'s order. No bit crosses
/// from byte to byte: before each shift a byte holds at most 2 + 4·2 + 16·2 = 42.
template <simd::Vector A>
TRILANE_INLINE simd::i8<A> four_planes(const float* weights, simd::f32<A> h, simd::f32<A> minus_h) noexcept {
  simd::i8<A> packed = simd::i8<A>(0) - minus_codes<A>(weights, h, minus_h);
  for (std::size_t plane = 1; plane < 4; ++plane) {
    packed = simd::shift_left<2>(packed) - minus_codes<A>(weights + 32 * plane, h, minus_h);
  }
  return packed;
}

template <simd::Vector A>
TRILANE_INLINE void encode_block(formats::i2_s, const float* weights, simd::f32<A> h, simd::f32<A> minus_h,
                                 std::uint8_t* block) noexcept {
  for (std::size_t t = 0; t < 32; t += simd::lanes<A>) {
    const auto packed = simd::in_order(four_planes<A>(weights + t, h, minus_h));
    xsimd::bitwise_cast<std::uint8_t>(packed).store_unaligned(block + t);
  }
}

/// As I2_S, then each nibble (two 2-bit codes a, b) becomes 3a + b.
template <simd::Vector A>
TRILANE_INLINE void encode_block(formats::tl1, const float* weights, simd::f32<A> h, simd::f32<A> minus_h,
                                 std::uint8_t* block) noexcept {
  static constexpr auto pair_of_nibble = simd::repeat16<A>({0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 0, 0, 0, 0});
  const simd::u8<A> pairs = pair_of_nibble;
  const simd::u8<A> low_nibble(15);
  for (std::size_t t = 0; t < 32; t += simd::lanes<A>) {
    const auto packed = xsimd::bitwise_cast<std::uint8_t>(simd::in_order(four_planes<A>(weights + t, h, minus_h)));
    const auto high = simd::lookup(pairs, simd::shift_right<4>(packed) & low_nibble);
    const auto low = simd::lookup(pairs, packed & low_nibble);
    (simd::shift_left<4>(high) | low).store_unaligned(block + t);
  }
}

/// With the codes c = w + 1 of the planes: v = 9·w0 + 3·w1 + w2 = 9·c0 + 3·c1 + c2 − 13. Three times a byte is a shift (of
/// at most 8, so no bit crosses) and an addition: x + x + x becomes a product, which WASM lacks for bytes.
template <simd::Vector A>
TRILANE_INLINE void encode_block(formats::tl2, const float* weights, simd::f32<A> h, simd::f32<A> minus_h,
                                 std::uint8_t* block) noexcept {
  simd::u8<A> magnitude[simd::vectors_a_plane<A>];
  std::uint32_t signs = 0;
  for (std::size_t i = 0; i < simd::vectors_a_plane<A>; ++i) {
    const float* first = weights + i * simd::lanes<A>;
    simd::i8<A> digits = simd::i8<A>(0) - minus_codes<A>(first, h, minus_h);
    for (std::size_t plane = 1; plane < 3; ++plane) {
      digits = digits + simd::shift_left<1>(digits) - minus_codes<A>(first + 32 * plane, h, minus_h);
    }
    const simd::i8<A> v = simd::in_order(digits - simd::i8<A>(13));
    magnitude[i] = xsimd::bitwise_cast<std::uint8_t>(xsimd::abs(v));
    signs |= static_cast<std::uint32_t>((v < simd::i8<A>(0)).mask()) << (i * simd::lanes<A> % 32);
  }
  simd::store_nibbles(magnitude, block);
  __builtin_memcpy(block + formats::tl2::sign_offset, &signs, sizeof signs);
}

/// Contract in encode.hpp.
template <simd::Vector A, class F>
void encode(const float* weights, std::size_t n, float threshold, std::uint8_t* codes) noexcept {
  const simd::f32<A> h(threshold);
  const simd::f32<A> minus_h(-threshold);
  std::size_t i = 0;
  for (; i + F::elements <= n; i += F::elements, codes += F::bytes) {
    encode_block<A>(F{}, weights + i, h, minus_h, codes);
  }
  if (i < n) {
    float padded[F::elements] = {};
    __builtin_memcpy(padded, weights + i, (n - i) * sizeof(float));
    encode_block<A>(F{}, padded, h, minus_h, codes);
  }
}

}  // namespace trilane::kernels
