#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/probe/probe.hpp"
#include "simd/batch.hpp"

namespace trilane::kernels {

/// Contracts in probe.hpp.
template <simd::Vector A>
void probe_read(const float* data, std::size_t n, float* result) noexcept {
  constexpr std::size_t step = simd::f32<A>::size;
  constexpr std::size_t unrolled = 8;
  simd::i32<A> folded[unrolled];
  for (auto& part : folded) part = simd::i32<A>(0);
  for (std::size_t i = 0; i < n; i += unrolled * step) {
    for (std::size_t k = 0; k < unrolled; ++k) {
      folded[k] = folded[k] ^ xsimd::bitwise_cast<std::int32_t>(simd::f32<A>::load_unaligned(data + i + k * step));
    }
  }
  for (std::size_t k = 1; k < unrolled; ++k) folded[0] = folded[0] ^ folded[k];
  std::int32_t lanes[step];
  folded[0].store_unaligned(lanes);
  for (std::size_t k = 1; k < step; ++k) lanes[0] ^= lanes[k];
  __builtin_memcpy(result, lanes, sizeof *result);
}

template <simd::Vector A>
void probe_copy(const float* from, std::size_t n, float* to) noexcept {
  constexpr std::size_t step = simd::f32<A>::size;
  for (std::size_t i = 0; i < n; i += 4 * step) {
    for (std::size_t k = 0; k < 4; ++k) {
      simd::f32<A>::load_unaligned(from + i + k * step).store_unaligned(to + i + k * step);
    }
  }
}

template <simd::Vector A>
void probe_fill(float* to, std::size_t n, float value) noexcept {
  constexpr std::size_t step = simd::f32<A>::size;
  const simd::f32<A> values(value);
  for (std::size_t i = 0; i < n; i += 4 * step) {
    for (std::size_t k = 0; k < 4; ++k) values.store_unaligned(to + i + k * step);
  }
}

template <simd::Vector A>
std::uint64_t probe_int8_mac(std::uint64_t rounds, std::int32_t* result) noexcept {
  using W = simd::Wide<A>;
  constexpr std::size_t chains = simd::registers<W> / 2;  // more than latency × throughput of any arch so far
  simd::Accumulator<W> sums[chains];
  simd::u8<W> codes(2);
  const simd::i8<W> activations(3);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (auto& sum : sums) {
      simd::accumulate(sum, codes, activations);
      simd::forget(codes);
    }
  }
  for (std::size_t k = 1; k < chains; ++k) sums[0].sums += sums[k].sums;
  std::uint8_t lanes[simd::lanes<W>];
  xsimd::bitwise_cast<std::uint8_t>(sums[0].sums).store_unaligned(lanes);
  __builtin_memcpy(result, lanes, sizeof *result);
  return rounds * chains * simd::mac_lanes<W>;
}

template <simd::Vector A>
bool products_are_exact() noexcept {
  using W = simd::Wide<A>;
  if constexpr (simd::multiplies_bytes<W>) {
    for (const int code : {0, 1, 2, 4, 8}) {
      for (const int q : {-127, -1, 0, 1, 127}) {
        simd::u8<W> codes(static_cast<std::uint8_t>(code));
        simd::forget(codes);
        simd::Accumulator<W> sums;
        simd::accumulate(sums, codes, simd::i8<W>(static_cast<std::int8_t>(q)));
        const simd::i32<W> widened = simd::widen(sums);
        // Each int32 lane has the sum of as many products as it has bytes.
        const auto expected = xsimd::bitwise_cast<std::uint8_t>(widened ^ simd::i32<W>(4 * code * q));
        std::uint8_t differences[simd::lanes<W>];
        expected.store_unaligned(differences);
        for (const std::uint8_t difference : differences) {
          if (difference != 0) return false;
        }
      }
    }
  }
  return true;
}

}  // namespace trilane::kernels
