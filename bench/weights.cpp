#include "bench/weights.hpp"

#include <memory>
#include <utility>

#include "bench/digest.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

WeightsFile open_weights(std::uint64_t size, safetensors::ReadAt read, std::string source) {
  WeightsFile file;
  const auto reader = std::make_shared<const safetensors::Reader>(size, read, std::move(source));
  for (const safetensors::Tensor& tensor : reader->tensors()) {
    if (!safetensors::is_quantizable(tensor)) continue;
    file.tensors.push_back({tensor.name, tensor.matrix(),
                            [reader, &tensor](std::span<float> weights) { reader->read_f32(tensor, 0, weights); }});
  }
  if (file.tensors.empty()) {
    throw Error(ErrorCode::bad_file,
                reader->source() + ": no F32, F16 or BF16 tensor of at least two dimensions, so nothing to measure");
  }
  file.digest = digest(size, read);
  return file;
}

std::string escaped(const std::string& name) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (plain) {
      text += c;
    } else {
      text += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return text;
}

}  // namespace trilane::bench
