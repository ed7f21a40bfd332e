#include <array>

#include "bench/digest.hpp"
#include "bench/operations/operations.hpp"

// Every ternary product of one token of BitNet b1.58 2B-4T: what its kernels bound its speed to.

namespace trilane::bench {

namespace {

constexpr std::size_t layers = 30;
/// Query and output, key and value, gate and up, down.
constexpr std::array layer{Shape{2560, 2560}, Shape{2560, 2560}, Shape{640, 2560}, Shape{640, 2560},
                           Shape{6912, 2560}, Shape{6912, 2560}, Shape{2560, 6912}};

/// Each product has a matrix of its own in memory, so that they come from no cache. Those of a shape have the same weights:
/// no kernel's time depends on them.
class Model final : public Job {
 public:
  Model(Format format, const Input& input, Arch arch) {
    for (const Shape shape : layer) {
      Input matrix;
      matrix.matrix = shape;
      stored_.push_back(stored_weights(format, matrix));
      x_.push_back(seeded_activations(1, shape.cols));
    }
    for (std::size_t i = 0; i < layers; ++i) {
      for (std::size_t j = 0; j < layer.size(); ++j) {
        w_.emplace_back(stored_[j].codes, std::span(&stored_[j].scale, 1), layer[j], format, arch);
        y_.emplace_back(layer[j].rows);
        workspace_.resize(std::max(workspace_.size(), workspace_bytes(w_.back(), 1)));
      }
    }
    stored_.clear();
    if (input.threads > 1) pool_ = std::make_unique<ThreadPool>(input.threads);
  }

  void run() override {
    for (std::size_t i = 0; i < w_.size(); ++i)
      gemv(w_[i], x_[i % layer.size()].view(), y_[i], workspace_, pool_.get());
  }

  [[nodiscard]] std::string output_digest() const override {
    std::vector<std::span<const std::byte>> parts;
    for (const Buffer<float>& y : y_) parts.push_back(std::as_bytes(std::span(y)));
    return digest(parts);
  }

 private:
  std::vector<Stored> stored_;
  std::vector<StoredActivations> x_;  // a layer's
  std::vector<PackedMatrix> w_;
  std::vector<Buffer<float>> y_;
  Buffer<std::byte> workspace_;
  std::unique_ptr<ThreadPool> pool_;
};

std::vector<Input> inputs(const InputOptions& options) {
  std::vector<Input> all;
  if (options.weights != nullptr) return all;
  std::vector<unsigned> threads = options.threads;
  if (threads.empty()) {
    threads.push_back(1);
    if (all_threads() > 1) threads.push_back(all_threads());
  }
  for (const unsigned count : threads) {
    Input input{"bitnet-2b4t", {layers, layer.size()}, {}};
    input.threads = count;
    all.push_back(std::move(input));
  }
  return all;
}

Work work(Format format, const Input& /*input*/) {
  Work all{};
  for (const Shape shape : layer) {
    all.elements += layers * elements_of(shape);
    all.bytes_read += layers * (storage_and_scale_bytes(format, shape) + shape.cols + sizeof(float));
    all.bytes_written += layers * shape.rows * sizeof(float);
  }
  return all;
}

std::unique_ptr<Job> prepare(Format format, const Input& input, Arch arch) {
  return std::make_unique<Model>(format, input, arch);
}

}  // namespace

extern const Operation model_operation;
const Operation model_operation{.name = "model",
                                .inputs = &inputs,
                                .work = &work,
                                .prepare = &prepare,
                                .multiplies = true,
                                .input_first = true,
                                .counts_tokens = true};

}  // namespace trilane::bench
