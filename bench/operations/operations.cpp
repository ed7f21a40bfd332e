#include "bench/operations/operations.hpp"

#include <algorithm>
#include <optional>

#include "bench/seeded_weights.hpp"
#include "trilane/quantize.hpp"

namespace trilane::bench {

namespace {

constexpr std::size_t vector_sizes[] = {1024, 4096, 16384, 65536, 262144, 4194304};

/// Of BitNet b1.58 2B-4T, and a square one of 2^24.
constexpr Shape product_shapes[] = {{640, 2560}, {2560, 2560}, {6912, 2560}, {2560, 6912}, {4096, 4096}};

std::string text(Shape shape) { return std::to_string(shape.rows) + "x" + std::to_string(shape.cols); }

std::vector<Input> tensors(const WeightsFile& file) {
  std::vector<Input> inputs;
  for (const Tensor& tensor : file.tensors) {
    Input input{escaped(tensor.name), {tensor.shape.rows, tensor.shape.cols}, tensor.shape};
    input.tensor = &tensor;
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace

Buffer<float> input_weights(const Input& input) {
  Buffer<float> weights(input.matrix.rows * input.matrix.cols);
  if (input.tensor != nullptr) {
    input.tensor->load(weights);
  } else {
    fill_seeded(weights, suite_seed);
  }
  return weights;
}

std::vector<Input> vectors_or_tensors(const InputOptions& options) {
  if (options.weights != nullptr) return tensors(*options.weights);
  std::vector<Input> inputs;
  for (const std::size_t n : vector_sizes) inputs.push_back({std::to_string(n), {n}, {1, n}});
  return inputs;
}

std::vector<Input> products_of(const InputOptions& options, std::span<const std::size_t> vectors) {
  std::vector<Input> matrices;
  if (options.weights != nullptr) {
    matrices = tensors(*options.weights);
  } else {
    for (const Shape shape : product_shapes) matrices.push_back({text(shape), {shape.rows, shape.cols}, shape});
  }
  const std::vector<unsigned> one{1};
  std::vector<Input> inputs;
  for (const std::size_t n : vectors) {
    for (const Input& matrix : matrices) {
      for (const unsigned threads : options.threads.empty() ? one : options.threads) {
        Input input = matrix;
        input.vectors = n;
        input.threads = threads;
        if (n > 1) {
          input.name += "x" + std::to_string(n);
          input.shape.push_back(n);
        }
        inputs.push_back(std::move(input));
      }
    }
  }
  return inputs;
}

std::uint64_t storage_and_scale_bytes(Format format, Shape shape) {
  return storage_bytes(format, shape) + sizeof(float);
}

Stored stored_weights(Format format, const Input& input) {
  // The last seeded ones are kept: a case's archs follow one another, and making the weights takes longer than multiplying.
  struct Last {
    Format format;
    Shape shape;
    Stored stored;
  };
  static std::optional<Last> last;
  const bool seeded = input.tensor == nullptr;
  if (seeded && last && last->format == format && last->shape == input.matrix) return last->stored;
  Stored stored{Buffer<std::uint8_t>(storage_bytes(format, input.matrix))};
  if (!seeded) {
    quantize(input_weights(input), input.matrix, format, {}, stored.codes, {&stored.scale, 1});
    return stored;
  }
  // Rows by rows, each with a scale of its own of which the last is the matrix's: a matrix of floats that is used once costs
  // more time to get from the system than its making and all launches of its products.
  constexpr std::size_t most_rows = 64;
  SplitMix64 random(suite_seed);
  const std::size_t row_bytes = stored.codes.size() / input.matrix.rows;
  Buffer<float> weights(most_rows * input.matrix.cols);
  for (std::size_t row = 0; row < input.matrix.rows; row += most_rows) {
    const Shape part{std::min(most_rows, input.matrix.rows - row), input.matrix.cols};
    const std::span<float> here = std::span(weights).first(part.rows * part.cols);
    fill_next(here, random);
    quantize(here, part, format, {}, std::span(stored.codes).subspan(row * row_bytes, part.rows * row_bytes),
             {&stored.scale, 1});
  }
  last = {format, input.matrix, stored};
  return stored;
}

StoredActivations seeded_activations(std::size_t vectors, std::size_t cols) {
  Buffer<float> x(vectors * cols);
  fill_seeded(x, suite_seed + 1);
  StoredActivations stored{Buffer<std::int8_t>(x.size()), Buffer<float>(vectors)};
  Buffer<std::int32_t> sums(vectors);
  quantize_activations(x, cols, stored.q, stored.a, sums);
  return stored;
}

}  // namespace trilane::bench
