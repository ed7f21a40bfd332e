#include <array>

#include "bench/digest.hpp"
#include "bench/operations/operations.hpp"
#include "bench/seeded_weights.hpp"

namespace trilane::bench {

namespace {

constexpr std::size_t lengths[] = {2560, 6912, 65536};

class QuantizeActivations final : public Job {
 public:
  QuantizeActivations(std::size_t cols, Arch arch) : arch_(arch), x_(cols), q_(cols) {
    fill_seeded(x_, suite_seed + 1);
  }

  void run() override { quantize_activations(x_, x_.size(), q_, {&a_, 1}, {&sum_, 1}, arch_); }

  [[nodiscard]] std::string output_digest() const override {
    const std::array parts{std::as_bytes(std::span(q_)), std::as_bytes(std::span(&a_, 1)),
                           std::as_bytes(std::span(&sum_, 1))};
    return digest(parts);
  }

 private:
  Arch arch_;
  Buffer<float> x_;
  Buffer<std::int8_t> q_;
  float a_ = 0;
  std::int32_t sum_ = 0;
};

/// None of a file: its tensors are weights.
std::vector<Input> inputs(const InputOptions& options) {
  std::vector<Input> all;
  if (options.weights != nullptr) return all;
  for (const std::size_t n : lengths) all.push_back({std::to_string(n), {n}, {1, n}});
  return all;
}

Work work(Format /*format*/, const Input& input) {
  const std::uint64_t n = input.matrix.cols;
  return {n, 4 * n, n + sizeof(float) + sizeof(std::int32_t)};
}

std::unique_ptr<Job> prepare(Format /*format*/, const Input& input, Arch arch) {
  return std::make_unique<QuantizeActivations>(input.matrix.cols, arch);
}

}  // namespace

extern const Operation quantize_activations_operation;
/// Two reads: the factor is known only after the first.
const Operation quantize_activations_operation{.name = "quantize_activations",
                                               .inputs = &inputs,
                                               .work = &work,
                                               .prepare = &prepare,
                                               .read_passes = 2,
                                               .has_formats = false};

}  // namespace trilane::bench
