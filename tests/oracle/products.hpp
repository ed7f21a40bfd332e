#pragma once

// Naive activation quantizer and matrix product, written from docs/formats.md alone.

#include <cstdint>
#include <span>
#include <vector>

#include "trilane/formats.hpp"

namespace trilane::oracle {

struct QuantizedVector {
  std::vector<std::int8_t> q;
  float a;
  std::int32_t sum;
};

/// x must be finite.
QuantizedVector quantize_activations(std::span<const float> x);

/// Σ_k values[r,k] · q[i,k] for `n` vectors q, n × rows, row-major. Throws if a sum does not fit int32.
std::vector<std::int32_t> product_sums(std::span<const int> values, Shape shape, std::span<const std::int8_t> q,
                                       std::size_t n);

/// One sum as a result: float(sum) · (scale / a).
float scaled(std::int32_t sum, float scale, float a);

/// Storage of ternary values, rows padded.
std::vector<std::uint8_t> store(std::span<const int> values, Shape shape, Format format);

}  // namespace trilane::oracle
