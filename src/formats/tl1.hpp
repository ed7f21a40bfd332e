#pragma once

#include <cstdint>

#include "formats/inline.hpp"

namespace trilane::formats {

/// TL1: byte t (0…31) = pair(t, t+32)<<4 | pair(t+64, t+96), pair(a, b) = 3·(w[a]+1) + (w[b]+1) ∈ 0…8.
/// Pairs 9…15 are unused.
struct tl1 {
  static constexpr int elements = 128;
  static constexpr int bytes = 32;

  /// weights: 128 of −1, 0, +1.
  TRILANE_INLINE static void encode_block(const std::int8_t* weights, std::uint8_t* block) noexcept {
    for (int t = 0; t < 32; ++t) {
      const int high = 3 * (weights[t] + 1) + weights[t + 32] + 1;
      const int low = 3 * (weights[t + 64] + 1) + weights[t + 96] + 1;
      block[t] = static_cast<std::uint8_t>(high << 4 | low);
    }
  }

  /// False if the block holds an unused pair; weights are then unspecified.
  TRILANE_INLINE static bool decode_block(const std::uint8_t* block, std::int8_t* weights) noexcept {
    bool valid = true;
    for (int t = 0; t < 32; ++t) {
      const int high = block[t] >> 4;
      const int low = block[t] & 15;
      valid = valid && high <= 8 && low <= 8;
      weights[t] = static_cast<std::int8_t>(high / 3 - 1);
      weights[t + 32] = static_cast<std::int8_t>(high % 3 - 1);
      weights[t + 64] = static_cast<std::int8_t>(low / 3 - 1);
      weights[t + 96] = static_cast<std::int8_t>(low % 3 - 1);
    }
    return valid;
  }
};

}  // namespace trilane::formats
