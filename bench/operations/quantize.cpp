#include "trilane/quantize.hpp"

#include <array>

#include "bench/digest.hpp"
#include "bench/operations/operations.hpp"

namespace trilane::bench {

namespace {

class Quantize final : public Job {
 public:
  Quantize(Format format, const Input& input, Arch arch)
      : format_(format),
        shape_(input.matrix),
        arch_(arch),
        weights_(input_weights(input)),
        codes_(storage_bytes(format, input.matrix)) {}

  void run() override { quantize(weights_, shape_, format_, {}, codes_, {&scale_, 1}, arch_); }

  [[nodiscard]] std::string output_digest() const override {
    const std::array parts{std::as_bytes(std::span(codes_)), std::as_bytes(std::span(&scale_, 1))};
    return digest(parts);
  }

 private:
  Format format_;
  Shape shape_;
  Arch arch_;
  Buffer<float> weights_;
  Buffer<std::uint8_t> codes_;
  float scale_ = 0;
};

Work work(Format format, const Input& input) {
  return {elements_of(input.matrix), 4 * elements_of(input.matrix), storage_and_scale_bytes(format, input.matrix)};
}

std::unique_ptr<Job> prepare(Format format, const Input& input, Arch arch) {
  return std::make_unique<Quantize>(format, input, arch);
}

}  // namespace

extern const Operation quantize_operation;
/// Two reads: the scale is known only after the first.
const Operation quantize_operation{
    .name = "quantize", .inputs = &vectors_or_tensors, .work = &work, .prepare = &prepare, .read_passes = 2};

}  // namespace trilane::bench
