#pragma once

// A naive quantizer and dequantizer, written from docs/formats.md alone. It shares no code with the library (only the
// names of formats and rules), says everything as plainly as it can, and allocates as it likes.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trilane/formats.hpp"

namespace trilane::oracle {

struct Quantized {
  std::vector<std::uint8_t> codes;
  std::vector<float> scales;
};

/// Weights must be finite and the sums of their chunks too.
Quantized quantize(std::span<const float> weights, Shape shape, Format format, ScaleRule rule, Granularity granularity);

/// Codes must be valid.
std::vector<float> dequantize(const Quantized& quantized, Shape shape, Format format);

float scale(std::span<const float> weights, ScaleRule rule);
int ternary(float weight, float scale);

/// One block of ternary values, -1, 0 or 1 each, as bytes.
std::vector<std::uint8_t> pack_block(std::span<const int> values, Format format);
/// The inverse; nothing if a code is unused.
std::optional<std::vector<int>> unpack_block(std::span<const std::uint8_t> bytes, Format format);

std::size_t block_weights(Format format);
std::size_t block_size(Format format);

/// The first n seeded weights of docs/formats.md.
std::vector<float> seeded_weights(std::uint64_t seed, std::size_t n);

}  // namespace trilane::oracle
