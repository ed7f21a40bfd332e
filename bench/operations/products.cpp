#include "bench/digest.hpp"
#include "bench/operations/operations.hpp"

// gemv and gemm: from int8 activations to float32 results, the making of lookup tables included.

namespace trilane::bench {

namespace {

class Product final : public Job {
 public:
  Product(Format format, const Input& input, Arch arch)
      : w_(packed(format, input, arch)),
        x_(seeded_activations(input.vectors, input.matrix.cols)),
        y_(input.vectors * input.matrix.rows),
        workspace_(workspace_bytes(w_, input.vectors)) {
    if (input.threads > 1) pool_ = std::make_unique<ThreadPool>(input.threads);
  }

  void run() override { gemm(w_, x_.view(), y_, workspace_, pool_.get()); }

  [[nodiscard]] std::string output_digest() const override { return digest(std::as_bytes(std::span(y_))); }

 private:
  static PackedMatrix packed(Format format, const Input& input, Arch arch) {
    const Stored stored = stored_weights(format, input);
    return {stored.codes, {&stored.scale, 1}, input.matrix, format, arch};
  }

  PackedMatrix w_;
  StoredActivations x_;
  Buffer<float> y_;
  Buffer<std::byte> workspace_;
  std::unique_ptr<ThreadPool> pool_;
};

std::vector<Input> vectors(const InputOptions& options) {
  constexpr std::size_t one[] = {1};
  return products_of(options, one);
}

std::vector<Input> matrices(const InputOptions& options) {
  constexpr std::size_t several[] = {8, 32};
  return products_of(options, several);
}

Work work(Format format, const Input& input) {
  const std::uint64_t n = input.vectors;
  const std::uint64_t weights = elements_of(input.matrix);
  return {.elements = weights * n,
          .bytes_read = storage_and_scale_bytes(format, input.matrix) + n * (input.matrix.cols + sizeof(float)),
          .bytes_written = n * input.matrix.rows * sizeof(float)};
}

std::unique_ptr<Job> prepare(Format format, const Input& input, Arch arch) {
  return std::make_unique<Product>(format, input, arch);
}

}  // namespace

extern const Operation gemv_operation;
const Operation gemv_operation{
    .name = "gemv", .inputs = &vectors, .work = &work, .prepare = &prepare, .multiplies = true};

extern const Operation gemm_operation;
const Operation gemm_operation{
    .name = "gemm", .inputs = &matrices, .work = &work, .prepare = &prepare, .multiplies = true};

}  // namespace trilane::bench
