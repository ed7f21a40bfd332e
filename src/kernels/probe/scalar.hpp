#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/probe/probe.hpp"
#include "simd/scalar.hpp"

namespace trilane::kernels {

/// Contracts in probe.hpp.
template <simd::Scalar A>
void probe_read(const float* data, std::size_t n, float* result) noexcept {
  std::uint32_t folded[4] = {};
  for (std::size_t i = 0; i < n; i += 4) {
    for (int lane = 0; lane < 4; ++lane) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, data + i + lane, sizeof bits);
      folded[lane] ^= bits;
    }
  }
  const std::uint32_t all = folded[0] ^ folded[1] ^ folded[2] ^ folded[3];
  std::memcpy(result, &all, sizeof all);
}

template <simd::Scalar A>
void probe_copy(const float* from, std::size_t n, float* to) noexcept {
  for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
}

template <simd::Scalar A>
void probe_fill(float* to, std::size_t n, float value) noexcept {
  for (std::size_t i = 0; i < n; ++i) to[i] = value;
}

template <simd::Scalar A>
std::uint64_t probe_int8_mac(std::uint64_t rounds, std::int32_t* result) noexcept {
  constexpr int chains = 4;
  std::int32_t sums[chains] = {};
  std::int32_t codes[chains] = {0, 1, 2, 1};
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (int chain = 0; chain < chains; ++chain) {
      sums[chain] += codes[chain] * 3;
      asm volatile("" : "+r"(codes[chain]));  // the factor is not known, so the product is made each time
    }
  }
  *result = sums[0] + sums[1] + sums[2] + sums[3];
  return rounds * chains;
}

template <simd::Scalar A>
bool products_are_exact() noexcept {
  return true;
}

}  // namespace trilane::kernels
