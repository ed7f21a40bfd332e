#pragma once

#include <cstdint>

#include "formats/inline.hpp"

namespace trilane::formats {

/// I2_S: byte t (0…31) = c[t]<<6 | c[t+32]<<4 | c[t+64]<<2 | c[t+96], c = w + 1. Code 3 is unused.
/// The x86 layout of bitnet.cpp.
struct i2_s {
  static constexpr int elements = 128;
  static constexpr int bytes = 32;

  /// weights: 128 of −1, 0, +1.
  TRILANE_INLINE static void encode_block(const std::int8_t* weights, std::uint8_t* block) noexcept {
    for (int t = 0; t < 32; ++t) {
      int packed = 0;
      for (int plane = 0; plane < 4; ++plane) packed = packed << 2 | (weights[t + 32 * plane] + 1);
      block[t] = static_cast<std::uint8_t>(packed);
    }
  }

  /// False if the block holds an unused code; weights are then unspecified.
  TRILANE_INLINE static bool decode_block(const std::uint8_t* block, std::int8_t* weights) noexcept {
    bool valid = true;
    for (int t = 0; t < 32; ++t) {
      for (int plane = 0; plane < 4; ++plane) {
        const int code = block[t] >> (6 - 2 * plane) & 3;
        valid = valid && code != 3;
        weights[t + 32 * plane] = static_cast<std::int8_t>(code - 1);
      }
    }
    return valid;
  }
};

}  // namespace trilane::formats
