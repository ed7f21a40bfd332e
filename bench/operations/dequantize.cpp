#include "bench/digest.hpp"
#include "bench/operations/operations.hpp"
#include "trilane/quantize.hpp"

namespace trilane::bench {

namespace {

class Dequantize final : public Job {
 public:
  Dequantize(Format format, const Input& input, Arch arch)
      : format_(format),
        shape_(input.matrix),
        arch_(arch),
        weights_(input_weights(input)),
        codes_(storage_bytes(format, input.matrix)) {
    quantize(weights_, shape_, format_, {}, codes_, {&scale_, 1}, find_arch("scalar"));
  }

  void run() override { dequantize(codes_, {&scale_, 1}, shape_, format_, weights_, arch_); }

  [[nodiscard]] std::string output_digest() const override { return digest(std::as_bytes(std::span(weights_))); }

 private:
  Format format_;
  Shape shape_;
  Arch arch_;
  Buffer<float> weights_;  // what is quantized, then the output
  Buffer<std::uint8_t> codes_;
  float scale_ = 0;
};

Work work(Format format, const Input& input) {
  return {elements_of(input.matrix), storage_and_scale_bytes(format, input.matrix), 4 * elements_of(input.matrix)};
}

std::unique_ptr<Job> prepare(Format format, const Input& input, Arch arch) {
  return std::make_unique<Dequantize>(format, input, arch);
}

}  // namespace

extern const Operation dequantize_operation;
const Operation dequantize_operation{
    .name = "dequantize", .inputs = &vectors_or_tensors, .work = &work, .prepare = &prepare, .read_passes = 1};

}  // namespace trilane::bench
