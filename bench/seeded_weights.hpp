#pragma once

#include <cstdint>
#include <span>

namespace trilane::bench {

/// The generator splitmix64; std distributions differ between libraries, this does not.
class SplitMix64 {
 public:
  explicit constexpr SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

/// The next weights of those that fill_seeded() makes.
inline void fill_next(std::span<float> weights, SplitMix64& random) noexcept {
  for (float& weight : weights) {
    const std::uint64_t bits = random.next();
    const std::uint64_t sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    weight = static_cast<float>(static_cast<std::int32_t>(sum) - 131070) * 0x1p-16F;
  }
}

/// Weight i = (sum of the four 16-bit fields of output i − 131070) · 2⁻¹⁶: exact in float32, nearly Gaussian.
inline void fill_seeded(std::span<float> weights, std::uint64_t seed) noexcept {
  SplitMix64 random(seed);
  fill_next(weights, random);
}

}  // namespace trilane::bench
