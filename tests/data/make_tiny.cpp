// Writes tiny.safetensors to stdout: a model's kinds of tensors in 40 kB, with seeded weights. The repository carries the
// result; the test `cli.tiny` compares it with what this makes.

#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/seeded_weights.hpp"
#include "trilane/safetensors.hpp"

namespace {

using trilane::safetensors::Dtype;
using trilane::safetensors::Tensor;

constexpr std::uint64_t seed = 42;

/// Multiples of 2⁻¹⁰ below 2: exact in float16, and never subnormal there.
std::uint16_t to_f16(float weight) {
  const auto steps = static_cast<std::int32_t>(weight * 1024.0F);
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(steps) / 1024.0F);
  const std::uint32_t sign = bits >> 16U & 0x8000U;
  if (steps == 0) return static_cast<std::uint16_t>(sign);
  return static_cast<std::uint16_t>(sign | ((bits & 0x7fffffffU) - (112U << 23U)) >> 13U);
}

std::uint16_t to_bf16(float weight) { return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(weight) >> 16U); }

void put(std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) std::putchar(static_cast<int>(value >> (8 * i) & 255U));
}

void put_element(Dtype dtype, float weight) {
  if (dtype == Dtype::f32) put(std::bit_cast<std::uint32_t>(weight), 4);
  if (dtype == Dtype::f16) put(to_f16(weight), 2);
  if (dtype == Dtype::bf16) put(to_bf16(weight), 2);
  if (dtype == Dtype::i64) put(1000, 8);
}

}  // namespace

int main() {
  const trilane::safetensors::Layout layout =
      trilane::safetensors::lay_out({{"embedding.weight", Dtype::f32, {48, 100}},
                                     {"conv.weight", Dtype::f32, {16, 4, 3, 3}},
                                     {"attention.weight", Dtype::bf16, {64, 96}},
                                     {"feed_forward.weight", Dtype::f16, {3, 32, 40}},
                                     {"norm.bias", Dtype::f32, {64}},
                                     {"step", Dtype::i64, {}}},
                                    {{"format", "pt"}});
  std::fwrite(layout.header.data(), 1, layout.header.size(), stdout);
  std::uint64_t elements = 0;
  for (const Tensor& tensor : layout.tensors) elements += tensor.elements();
  std::vector<float> weights(elements);
  trilane::bench::fill_seeded(weights, seed);
  auto weight = weights.begin();
  for (const Tensor& tensor : layout.tensors) {
    for (std::uint64_t i = 0; i < tensor.elements(); ++i) put_element(tensor.dtype, *weight++);
  }
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? 0 : 1;
}
