#include "oracle/products.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "oracle/oracle.hpp"

namespace trilane::oracle {

namespace {

/// Round to nearest, ties to even, by the definition.
int round_half_even(float x) {
  const double below = std::floor(static_cast<double>(x));
  const double fraction = static_cast<double>(x) - below;
  const int integer = static_cast<int>(below);
  if (fraction != 0.5) return fraction < 0.5 ? integer : integer + 1;
  return integer % 2 == 0 ? integer : integer + 1;
}

}  // namespace

QuantizedVector quantize_activations(std::span<const float> x) {
  QuantizedVector result{std::vector<std::int8_t>(x.size()), 127.0F / scale(x, ScaleRule::absmax), 0};
  if (!std::isfinite(result.a)) return result;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const float scaled_up = x[k] * result.a;
    result.q[k] = static_cast<std::int8_t>(round_half_even(scaled_up));
    result.sum += result.q[k];
  }
  return result;
}

std::vector<std::int32_t> product_sums(std::span<const int> values, Shape shape, std::span<const std::int8_t> q,
                                       std::size_t n) {
  std::vector<std::int32_t> sums;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t r = 0; r < shape.rows; ++r) {
      std::int64_t sum = 0;
      for (std::size_t k = 0; k < shape.cols; ++k) sum += values[r * shape.cols + k] * q[i * shape.cols + k];
      if (sum != static_cast<std::int32_t>(sum)) throw std::overflow_error("a sum beyond int32");
      sums.push_back(static_cast<std::int32_t>(sum));
    }
  }
  return sums;
}

float scaled(std::int32_t sum, float scale, float a) {
  const float factor = scale / a;
  return static_cast<float>(sum) * factor;
}

std::vector<std::uint8_t> store(std::span<const int> values, Shape shape, Format format) {
  std::vector<std::uint8_t> codes;
  const std::size_t block = block_weights(format);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t first = 0; first < shape.cols; first += block) {
      std::vector<int> padded(block);
      const auto from = values.subspan(row * shape.cols + first, std::min(block, shape.cols - first));
      std::copy(from.begin(), from.end(), padded.begin());
      const auto bytes = pack_block(padded, format);
      codes.insert(codes.end(), bytes.begin(), bytes.end());
    }
  }
  return codes;
}

}  // namespace trilane::oracle
