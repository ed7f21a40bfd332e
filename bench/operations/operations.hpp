#pragma once

#include "bench/suite.hpp"
#include "trilane/product.hpp"

// What the files of this folder share. One file an operation of the registry (or a few that differ by numbers only); each
// defines <name>_operation.

namespace trilane::bench {

/// Weights of a case: of the tensor, or seeded.
Buffer<float> input_weights(const Input& input);

/// Vectors of 1024 … 4194304 elements, or the file's tensors.
std::vector<Input> vectors_or_tensors(const InputOptions& options);

/// The five shapes of products, or the file's tensors, times each number of vectors.
std::vector<Input> products_of(const InputOptions& options, std::span<const std::size_t> vectors);

/// Codes and one scale of a tensor: what quantize writes and dequantize reads.
std::uint64_t storage_and_scale_bytes(Format format, Shape shape);

inline std::uint64_t elements_of(Shape shape) { return std::uint64_t{shape.rows} * shape.cols; }

/// Codes and one scale of a case's weights: a tensor as quantize() stores it, or seeded codes.
struct Stored {
  Buffer<std::uint8_t> codes;
  float scale = 0;
};
Stored stored_weights(Format format, const Input& input);

/// N vectors of seeded activations, quantized.
struct StoredActivations {
  Buffer<std::int8_t> q;
  Buffer<float> a;

  [[nodiscard]] Activations view() const { return {q, a}; }
};
StoredActivations seeded_activations(std::size_t vectors, std::size_t cols);

}  // namespace trilane::bench
