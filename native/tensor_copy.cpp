#include "native/tensor_copy.hpp"

#include <algorithm>
#include <vector>

#include "trilane/error.hpp"

namespace trilane::cli {

const safetensors::Tensor& placed(const safetensors::Layout& layout, const std::string& name) {
  const auto found = std::find_if(layout.tensors.begin(), layout.tensors.end(),
                                  [&](const safetensors::Tensor& tensor) { return tensor.name == name; });
  if (found == layout.tensors.end()) throw Error(ErrorCode::invalid_argument, "no tensor '" + name + "' was laid out");
  return *found;
}

void write_tensor(const safetensors::Layout& layout, const std::string& name, std::span<const std::byte> bytes,
                  Output& output) {
  output.write_at(placed(layout, name).offset, bytes);
}

void copy_tensor(const safetensors::Reader& reader, const safetensors::Tensor& tensor,
                 const safetensors::Layout& layout, Output& output) {
  constexpr std::uint64_t most = std::uint64_t{1} << 20U;
  const std::uint64_t to = placed(layout, tensor.name).offset;
  std::vector<std::byte> piece;
  for (std::uint64_t done = 0; done < tensor.size; done += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(most, tensor.size - done)));
    reader.read(tensor, done, piece);
    output.write_at(to + done, piece);
  }
}

}  // namespace trilane::cli
