#pragma once

#include <cstdint>

#include "formats/inline.hpp"

namespace trilane::formats {

/// TL2: triple i (0…31): v = 9·w[i] + 3·w[i+32] + w[i+64] ∈ −13…13. Byte t (0…15) = |v| of triple t <<4 | |v| of
/// triple t+16. Then 4 bytes: bit i, little endian, = 1 if v < 0. |v| of 14 and 15, and a sign on 0, are unused.
struct tl2 {
  static constexpr int elements = 96;
  static constexpr int bytes = 20;
  static constexpr int sign_offset = 16;

  /// weights: 96 of −1, 0, +1.
  TRILANE_INLINE static void encode_block(const std::int8_t* weights, std::uint8_t* block) noexcept {
    for (int t = 0; t < bytes; ++t) block[t] = 0;
    for (int i = 0; i < 32; ++i) {
      const int v = 9 * weights[i] + 3 * weights[i + 32] + weights[i + 64];
      const int magnitude = v < 0 ? -v : v;
      block[i % 16] = static_cast<std::uint8_t>(block[i % 16] | magnitude << (i < 16 ? 4 : 0));
      block[sign_offset + i / 8] = static_cast<std::uint8_t>(block[sign_offset + i / 8] | (v < 0) << (i % 8));
    }
  }

  /// False if the block holds an unused index or a sign on 0; weights are then unspecified.
  TRILANE_INLINE static bool decode_block(const std::uint8_t* block, std::int8_t* weights) noexcept {
    bool valid = true;
    for (int i = 0; i < 32; ++i) {
      const int magnitude = block[i % 16] >> (i < 16 ? 4 : 0) & 15;
      const bool negative = (block[sign_offset + i / 8] >> (i % 8) & 1) != 0;
      valid = valid && magnitude <= 13 && !(negative && magnitude == 0);
      const int codes = (negative ? -magnitude : magnitude) + 13;  // base 3, each digit w + 1
      weights[i] = static_cast<std::int8_t>(codes / 9 - 1);
      weights[i + 32] = static_cast<std::int8_t>(codes / 3 % 3 - 1);
      weights[i + 64] = static_cast<std::int8_t>(codes % 3 - 1);
    }
    return valid;
  }
};

}  // namespace trilane::formats
