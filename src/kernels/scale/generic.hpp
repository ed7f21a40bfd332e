#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/scale/scale.hpp"
#include "simd/batch.hpp"

namespace trilane::kernels {

/// The 32 virtual lanes of scale.hpp in vectors.
template <simd::Vector A>
struct SumLanes {
  static constexpr std::size_t step = simd::f32<A>::size;
  static constexpr std::size_t vectors = sum_lanes / step;
  simd::f32<A> part[vectors];

  TRILANE_INLINE void clear() noexcept {
    for (auto& p : part) p = simd::f32<A>(0.0F);
  }
  /// 32 weights, one a lane.
  TRILANE_INLINE void add(const float* weights) noexcept {
    for (std::size_t i = 0; i < vectors; ++i) {
      part[i] += xsimd::abs(simd::f32<A>::load_unaligned(weights + i * step));
    }
  }
  TRILANE_INLINE double total() const noexcept {
    float lanes[sum_lanes];
    for (std::size_t i = 0; i < vectors; ++i) part[i].store_unaligned(lanes + i * step);
    for (std::size_t distance = sum_lanes / 2; distance > 0; distance /= 2) {
      for (std::size_t lane = 0; lane < distance; ++lane) lanes[lane] += lanes[lane + distance];
    }
    return static_cast<double>(lanes[0]);
  }
};

/// Contract in scale.hpp. A chunk's additions wait for each other, so wide archs, whose 32 lanes are but 4 vectors, sum two
/// chunks at a time.
template <simd::Vector A>
double abs_sum(const float* weights, std::size_t n) noexcept {
  constexpr bool by_pairs = SumLanes<A>::vectors <= 4;
  double total = 0;
  std::size_t i = 0;
  if constexpr (by_pairs) {
    for (; i + 2 * sum_chunk <= n; i += 2 * sum_chunk) {
      SumLanes<A> first;
      SumLanes<A> second;
      first.clear();
      second.clear();
      for (std::size_t k = i; k < i + sum_chunk; k += sum_lanes) {
        first.add(weights + k);
        second.add(weights + k + sum_chunk);
      }
      total += first.total();
      total += second.total();
    }
  }
  while (i < n) {
    const std::size_t end = n - i < sum_chunk ? n : i + sum_chunk;
    SumLanes<A> lanes;
    lanes.clear();
    for (; i + sum_lanes <= end; i += sum_lanes) lanes.add(weights + i);
    if (i < end) {  // lanes without an element add +0, which leaves a sum of |w| as it is
      float padded[sum_lanes] = {};
      __builtin_memcpy(padded, weights + i, (end - i) * sizeof(float));
      lanes.add(padded);
      i = end;
    }
    total += lanes.total();
  }
  return total;
}

/// Contract in scale.hpp. Without their sign, float bits order as int32 do.
template <simd::Vector A>
std::uint32_t abs_max_bits(const float* weights, std::size_t n) noexcept {
  constexpr std::size_t step = simd::f32<A>::size;
  constexpr std::size_t unrolled = 4;
  const simd::i32<A> no_sign(0x7fffffff);
  simd::i32<A> largest[unrolled];
  for (auto& part : largest) part = simd::i32<A>(0);
  const auto include = [&](simd::i32<A>& part, const float* from) {
    part = xsimd::max(part, xsimd::bitwise_cast<std::int32_t>(simd::f32<A>::load_unaligned(from)) & no_sign);
  };
  std::size_t i = 0;
  for (; i + unrolled * step <= n; i += unrolled * step) {
    for (std::size_t k = 0; k < unrolled; ++k) include(largest[k], weights + i + k * step);
  }
  for (; i < n; i += step) {
    float padded[step] = {};
    const std::size_t here = n - i < step ? n - i : step;
    __builtin_memcpy(padded, weights + i, here * sizeof(float));
    include(largest[0], padded);
  }
  std::int32_t lanes[step];
  xsimd::max(xsimd::max(largest[0], largest[1]), xsimd::max(largest[2], largest[3])).store_unaligned(lanes);
  std::int32_t result = 0;
  for (const std::int32_t lane : lanes) result = lane > result ? lane : result;
  return static_cast<std::uint32_t>(result);
}

}  // namespace trilane::kernels
