#include "native/tensor_copy.hpp"

#include <algorithm>
#include <vector>

namespace trilane::cli {

void write_tensor(const safetensors::Layout& layout, const std::string& name, std::span<const std::byte> bytes,
                  Output& output) {
  output.write_at(layout.at(name).offset, bytes);
}

void copy_tensor(const safetensors::Reader& reader, const safetensors::Tensor& tensor,
                 const safetensors::Layout& layout, Output& output) {
  constexpr std::uint64_t most = std::uint64_t{1} << 20U;
  const std::uint64_t to = layout.at(tensor.name).offset;
  std::vector<std::byte> piece;
  for (std::uint64_t done = 0; done < tensor.size; done += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(most, tensor.size - done)));
    reader.read(tensor, done, piece);
    output.write_at(to + done, piece);
  }
}

}  // namespace trilane::cli
