#include "bench/digest.hpp"
#include "bench/operations/operations.hpp"

namespace trilane::bench {

namespace {

/// What it makes is the arch's own; the digest is of what unpack() gives back.
class Pack final : public Job {
 public:
  Pack(Format format, const Input& input, Arch arch)
      : format_(format), shape_(input.matrix), arch_(arch), stored_(stored_weights(format, input)) {}

  void run() override { packed_.emplace(stored_.codes, std::span(&stored_.scale, 1), shape_, format_, arch_); }

  [[nodiscard]] std::string output_digest() const override {
    Buffer<std::uint8_t> unpacked(stored_.codes.size());
    packed_->unpack(unpacked);
    return digest(std::as_bytes(std::span(unpacked)));
  }

 private:
  Format format_;
  Shape shape_;
  Arch arch_;
  Stored stored_;
  std::optional<PackedMatrix> packed_;
};

std::vector<Input> inputs(const InputOptions& options) {
  constexpr std::size_t one[] = {1};
  return products_of({options.weights, {}}, one);
}

Work work(Format format, const Input& input) {
  return {elements_of(input.matrix), storage_and_scale_bytes(format, input.matrix),
          storage_bytes(format, input.matrix)};
}

std::unique_ptr<Job> prepare(Format format, const Input& input, Arch arch) {
  return std::make_unique<Pack>(format, input, arch);
}

}  // namespace

extern const Operation pack_operation;
/// Two reads: storage is checked first.
const Operation pack_operation{.name = "pack", .inputs = &inputs, .work = &work, .prepare = &prepare, .read_passes = 2};

}  // namespace trilane::bench
