#include "oracle/oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace trilane::oracle {

namespace {

/// What the code w + 1 of each of a byte's four weights counts for: element 32·g + t of a block stands in byte t.
std::array<int, 4> place_values(Format format) {
  if (format == Format::i2_s) return {1 << 6, 1 << 4, 1 << 2, 1};
  return {3 * 16, 1 * 16, 3, 1};  // tl1: pairs of base 3 in the high and low four bits
}

using Four = std::array<int, 4>;
using Three = std::array<int, 3>;

/// Tries all 81 values of four weights for every byte.
std::array<std::optional<Four>, 256> bytes_of_four(Format format) {
  std::array<std::optional<Four>, 256> found;
  const auto place = place_values(format);
  for (int a = -1; a <= 1; ++a) {
    for (int b = -1; b <= 1; ++b) {
      for (int c = -1; c <= 1; ++c) {
        for (int d = -1; d <= 1; ++d) {
          const int byte = (a + 1) * place[0] + (b + 1) * place[1] + (c + 1) * place[2] + (d + 1) * place[3];
          found[static_cast<std::size_t>(byte)] = Four{a, b, c, d};
        }
      }
    }
  }
  return found;
}

std::optional<Three> triple_of(int magnitude, bool negative) {
  for (int a = -1; a <= 1; ++a) {
    for (int b = -1; b <= 1; ++b) {
      for (int c = -1; c <= 1; ++c) {
        const int v = 9 * a + 3 * b + c;
        if (std::abs(v) == magnitude && (v < 0) == negative) return Three{a, b, c};
      }
    }
  }
  return std::nullopt;
}

std::optional<std::vector<int>> unpack_fours(std::span<const std::uint8_t> bytes, Format format) {
  static const std::array tables{bytes_of_four(Format::i2_s), bytes_of_four(Format::tl1)};
  std::vector<int> values(128);
  for (std::size_t t = 0; t < 32; ++t) {
    const auto& four = tables[format == Format::i2_s ? 0 : 1][bytes[t]];
    if (!four) return std::nullopt;
    for (std::size_t g = 0; g < 4; ++g) values[32 * g + t] = (*four)[g];
  }
  return values;
}

std::optional<std::vector<int>> unpack_triples(std::span<const std::uint8_t> bytes) {
  std::vector<int> values(96);
  for (std::size_t i = 0; i < 32; ++i) {
    const int magnitude = i < 16 ? bytes[i] / 16 : bytes[i - 16] % 16;
    const bool negative = (bytes[16 + i / 8] >> (i % 8)) % 2 == 1;
    const auto triple = triple_of(magnitude, negative);
    if (!triple) return std::nullopt;
    for (std::size_t g = 0; g < 3; ++g) values[32 * g + i] = (*triple)[g];
  }
  return values;
}

std::vector<std::uint8_t> pack_fours(std::span<const int> values, Format format) {
  std::vector<std::uint8_t> bytes(32);
  const auto place = place_values(format);
  for (std::size_t e = 0; e < 128; ++e) {
    bytes[e % 32] = static_cast<std::uint8_t>(bytes[e % 32] + (values[e] + 1) * place[e / 32]);
  }
  return bytes;
}

std::vector<std::uint8_t> pack_triples(std::span<const int> values) {
  std::vector<std::uint8_t> bytes(20);
  for (std::size_t i = 0; i < 32; ++i) {
    const int v = 9 * values[i] + 3 * values[i + 32] + values[i + 64];
    bytes[i % 16] = static_cast<std::uint8_t>(bytes[i % 16] + std::abs(v) * (i < 16 ? 16 : 1));
    if (v < 0) bytes[16 + i / 8] = static_cast<std::uint8_t>(bytes[16 + i / 8] + (1 << (i % 8)));
  }
  return bytes;
}

float chunk_sum(std::span<const float> chunk) {
  std::array<float, 32> lanes{};
  for (std::size_t i = 0; i < chunk.size(); ++i) lanes[i % 32] += std::fabs(chunk[i]);
  for (std::size_t half : {16, 8, 4, 2, 1}) {
    for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

}  // namespace

std::size_t block_weights(Format format) { return format == Format::tl2 ? 96 : 128; }
std::size_t block_size(Format format) { return format == Format::tl2 ? 20 : 32; }

float scale(std::span<const float> weights, ScaleRule rule) {
  if (rule == ScaleRule::absmax) {
    float largest = 0;
    for (const float w : weights) largest = std::max(largest, std::fabs(w));
    return largest;
  }
  double sum = 0;
  for (std::size_t first = 0; first < weights.size(); first += 4096) {
    sum += static_cast<double>(chunk_sum(weights.subspan(first, std::min<std::size_t>(4096, weights.size() - first))));
  }
  return static_cast<float>(sum / static_cast<double>(weights.size()));
}

int ternary(float weight, float scale) {
  if (scale == 0) return 0;  // all weights are zero, or too small for their mean to be a float
  // Twice a float32 is exact in float64.
  if (!(2.0 * std::fabs(static_cast<double>(weight)) > static_cast<double>(scale))) return 0;
  return weight < 0 ? -1 : 1;
}

std::vector<std::uint8_t> pack_block(std::span<const int> values, Format format) {
  return format == Format::tl2 ? pack_triples(values) : pack_fours(values, format);
}

std::optional<std::vector<int>> unpack_block(std::span<const std::uint8_t> bytes, Format format) {
  return format == Format::tl2 ? unpack_triples(bytes) : unpack_fours(bytes, format);
}

Quantized quantize(std::span<const float> weights, Shape shape, Format format, ScaleRule rule,
                   Granularity granularity) {
  Quantized result;
  const std::size_t block = block_weights(format);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    const auto row_weights = weights.subspan(row * shape.cols, shape.cols);
    if (granularity == Granularity::row) {
      result.scales.push_back(scale(row_weights, rule));
    } else if (row == 0) {
      result.scales.push_back(scale(weights, rule));
    }
    for (std::size_t first = 0; first < shape.cols; first += block) {
      std::vector<int> values(block);  // zero where the row has ended
      for (std::size_t i = 0; i < std::min(block, shape.cols - first); ++i) {
        values[i] = ternary(row_weights[first + i], result.scales.back());
      }
      const auto bytes = pack_block(values, format);
      result.codes.insert(result.codes.end(), bytes.begin(), bytes.end());
    }
  }
  return result;
}

std::vector<float> dequantize(const Quantized& quantized, Shape shape, Format format) {
  std::vector<float> weights;
  std::span<const std::uint8_t> codes = quantized.codes;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    const float s = quantized.scales.size() == 1 ? quantized.scales[0] : quantized.scales[row];
    std::size_t left = shape.cols;
    while (left > 0) {
      const auto values = unpack_block(codes.first(block_size(format)), format).value();
      codes = codes.subspan(block_size(format));
      const std::size_t used = std::min(left, values.size());
      for (std::size_t i = 0; i < used; ++i) weights.push_back(values[i] == 0 ? 0.0F : values[i] > 0 ? s : -s);
      left -= used;
    }
  }
  return weights;
}

std::vector<float> seeded_weights(std::uint64_t seed, std::size_t n) {
  std::vector<float> weights;
  std::uint64_t state = seed;
  for (std::size_t i = 0; i < n; ++i) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    std::int64_t sum = 0;
    for (unsigned field = 0; field < 4; ++field) sum += static_cast<std::int64_t>((z >> (16U * field)) % 65536U);
    weights.push_back(std::ldexp(static_cast<float>(sum - 131070), -16));
  }
  return weights;
}

}  // namespace trilane::oracle
