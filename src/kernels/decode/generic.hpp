#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/layout.hpp"
#include "kernels/decode/decode.hpp"
#include "simd/batch.hpp"

namespace trilane::kernels {

template <simd::Vector A>
TRILANE_INLINE void write_four_planes(const simd::Codes<A>& codes, simd::Levels<A> levels, float* weights) noexcept {
  simd::write_plane<6>(codes, levels, weights);
  simd::write_plane<4>(codes, levels, weights + 32);
  simd::write_plane<2>(codes, levels, weights + 64);
  simd::write_plane<0>(codes, levels, weights + 96);
}

template <simd::Vector A>
TRILANE_INLINE void decode_block(formats::i2_s, const std::uint8_t* block, simd::Levels<A> levels,
                                 float* weights) noexcept {
  write_four_planes<A>(simd::load_codes<A>(block), levels, weights);
}

/// Pairs 3a + b become 2-bit codes a, b: I2_S bytes.
template <simd::Vector A>
TRILANE_INLINE void decode_block(formats::tl1, const std::uint8_t* block, simd::Levels<A> levels,
                                 float* weights) noexcept {
  static constexpr auto codes_of_pair = simd::repeat16<A>({0, 1, 2, 4, 5, 6, 8, 9, 10});
  const simd::u8<A> codes = codes_of_pair;
  const simd::u8<A> low_nibble(15);
  simd::u8<A> bytes[simd::vectors_a_plane<A>];
  for (std::size_t i = 0; i < simd::vectors_a_plane<A>; ++i) {
    const auto pairs = simd::u8<A>::load_unaligned(block + i * simd::lanes<A>);
    const auto high = simd::lookup(codes, simd::shift_right<4>(pairs) & low_nibble);
    const auto low = simd::lookup(codes, pairs & low_nibble);
    bytes[i] = simd::shift_left<4>(high) | low;
  }
  write_four_planes<A>(simd::to_codes(bytes), levels, weights);
}

/// Lane i: 1 << (i mod 8).
template <simd::Vector A>
constexpr simd::Constant<A> bit_of_lane() noexcept {
  simd::Constant<A> bits{};
  for (std::size_t i = 0; i < simd::lanes<A>; ++i) bits.bytes[i] = static_cast<std::uint8_t>(1U << (i % 8));
  return bits;
}

/// Lane i: (first + i) / 8.
template <simd::Vector A>
constexpr simd::Constant<A> byte_of_lane(std::size_t first) noexcept {
  simd::Constant<A> indices{};
  for (std::size_t i = 0; i < simd::lanes<A>; ++i) indices.bytes[i] = static_cast<std::uint8_t>((first + i) / 8);
  return indices;
}

/// Lanes of 0xff where lanes() bits of the 32 at `bits` (little endian), from First on, are 1, and of 0 elsewhere.
template <simd::Vector A, std::size_t First>
TRILANE_INLINE xsimd::batch_bool<std::uint8_t, A> expand_bits(const std::uint8_t* bits) noexcept {
  static constexpr simd::Constant<A> bit = bit_of_lane<A>();
  static constexpr simd::Constant<A> byte = byte_of_lane<A>(First);
  std::uint32_t word = 0;
  __builtin_memcpy(&word, bits, sizeof word);
  const auto bytes_u8 = xsimd::bitwise_cast<std::uint8_t>(xsimd::batch<std::uint32_t, A>(word));
  const simd::u8<A> bit_u8 = bit;
  return (simd::lookup(bytes_u8, simd::u8<A>(byte)) & bit_u8) == bit_u8;
}

/// The magnitudes |v| of a TL2 block's 32 triples, and which v are negative.
template <simd::Vector A>
struct Triples {
  simd::u8<A> magnitude[simd::vectors_a_plane<A>];
  xsimd::batch_bool<std::uint8_t, A> negative[simd::vectors_a_plane<A>];

  TRILANE_INLINE explicit Triples(const std::uint8_t* block) noexcept {
    const std::uint8_t* signs = block + formats::tl2::sign_offset;
    simd::load_nibbles(block, magnitude);
    negative[0] = expand_bits<A, 0>(signs);
    if constexpr (simd::vectors_a_plane<A> == 2) negative[1] = expand_bits<A, 16>(signs);
  }
};

/// |v| becomes the 2-bit codes of its three weights, three planes of bytes; a negative v has 2 − c for each code c, which
/// is 0x2a minus the byte.
template <simd::Vector A>
TRILANE_INLINE void decode_block(formats::tl2, const std::uint8_t* block, simd::Levels<A> levels,
                                 float* weights) noexcept {
  // v + 13 in base 3, two bits a digit: 0 → 111, 1 → 112, 2 → 120 …
  static constexpr auto codes_of_magnitude =
      simd::repeat16<A>({0x15, 0x16, 0x18, 0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a});
  const simd::u8<A> codes = codes_of_magnitude;
  const simd::u8<A> all_plus(0x2a);
  const Triples<A> triples(block);
  simd::u8<A> bytes[simd::vectors_a_plane<A>];
  for (std::size_t i = 0; i < simd::vectors_a_plane<A>; ++i) {
    const auto plus = simd::lookup(codes, triples.magnitude[i]);
    bytes[i] = xsimd::select(triples.negative[i], all_plus - plus, plus);
  }
  const simd::Codes<A> planes = simd::to_codes(bytes);
  simd::write_plane<4>(planes, levels, weights);
  simd::write_plane<2>(planes, levels, weights + 32);
  simd::write_plane<0>(planes, levels, weights + 64);
}

/// Contract in decode.hpp.
template <simd::Vector A, class F>
void decode(const std::uint8_t* codes, std::size_t n, float scale, float* weights) noexcept {
  const simd::Levels<A> levels = simd::levels<A>(scale);
  std::size_t i = 0;
  for (; i + F::elements <= n; i += F::elements, codes += F::bytes) {
    decode_block<A>(F{}, codes, levels, weights + i);
  }
  if (i < n) {
    float padded[F::elements];
    decode_block<A>(F{}, codes, levels, padded);
    __builtin_memcpy(weights + i, padded, (n - i) * sizeof(float));
  }
}

/// Non-zero lanes where a block holds an unused code.
template <simd::Vector A>
TRILANE_INLINE simd::u8<A> unused_codes(formats::i2_s, const std::uint8_t* block) noexcept {
  simd::u8<A> bad(0);
  for (std::size_t t = 0; t < 32; t += simd::lanes<A>) {
    const auto bytes = simd::u8<A>::load_unaligned(block + t);
    bad = bad | (bytes & simd::shift_right<1>(bytes) & simd::u8<A>(0x55));
  }
  return bad;
}

template <simd::Vector A>
TRILANE_INLINE simd::u8<A> unused_codes(formats::tl1, const std::uint8_t* block) noexcept {
  const simd::u8<A> most(8);
  const simd::u8<A> low_nibble(15);
  simd::u8<A> bad(0);
  for (std::size_t t = 0; t < 32; t += simd::lanes<A>) {
    const auto bytes = simd::u8<A>::load_unaligned(block + t);
    bad = bad | xsimd::ssub(bytes & low_nibble, most) | xsimd::ssub(simd::shift_right<4>(bytes) & low_nibble, most);
  }
  return bad;
}

template <simd::Vector A>
TRILANE_INLINE simd::u8<A> unused_codes(formats::tl2, const std::uint8_t* block) noexcept {
  const Triples<A> triples(block);
  const simd::u8<A> zero(0);
  simd::u8<A> bad(0);
  for (std::size_t i = 0; i < simd::vectors_a_plane<A>; ++i) {
    const auto signed_zero = triples.negative[i] && (triples.magnitude[i] == zero);
    bad = bad | xsimd::ssub(triples.magnitude[i], simd::u8<A>(13)) | xsimd::select(signed_zero, simd::u8<A>(1), zero);
  }
  return bad;
}

/// Contract in decode.hpp.
template <simd::Vector A, class F>
bool valid(const std::uint8_t* codes, std::size_t blocks) noexcept {
  simd::u8<A> bad(0);
  for (std::size_t b = 0; b < blocks; ++b) bad = bad | unused_codes<A>(F{}, codes + b * F::bytes);
  return xsimd::all(bad == simd::u8<A>(0));
}

}  // namespace trilane::kernels
