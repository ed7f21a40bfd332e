#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <utility>

#include "dtype.hpp"
#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

bool largest_dtype_first(const Tensor& a, const Tensor& b) {
  return size_of(a.dtype) != size_of(b.dtype) ? size_of(a.dtype) > size_of(b.dtype) : a.name < b.name;
}

}  // namespace

Layout lay_out(std::vector<Tensor> tensors, const Metadata& metadata) {
  std::sort(tensors.begin(), tensors.end(), &largest_dtype_first);
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  Layout layout;
  std::uint64_t end = 0;
  for (Tensor& tensor : tensors) {
    const std::optional<std::uint64_t> bytes = byte_count(tensor.shape, size_of(tensor.dtype));
    if (!bytes || *bytes > (std::uint64_t{1} << 62U) - end) {
      throw Error(ErrorCode::overflow, "tensor '" + tensor.name + "' has more bytes than any file");
    }
    if (tensor.name == "__metadata__" || !layout.index.emplace(tensor.name, layout.index.size()).second) {
      throw Error(ErrorCode::invalid_argument, "the name '" + tensor.name + "' would stand twice in the file");
    }
    tensor.offset = end;
    tensor.size = *bytes;
    end += *bytes;
    // At the end without a search: the name is new.
    header.get_ref<nlohmann::ordered_json::object_t&>().push_back(
        {tensor.name,
         {{"dtype", name(tensor.dtype)},
          {"shape", tensor.shape},
          {"data_offsets", {tensor.offset, tensor.offset + tensor.size}}}});
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::invalid_argument, "a tensor's name or the metadata is not UTF-8");
  }
  text.append((8 - text.size() % 8) % 8, ' ');

  for (int shift = 0; shift < 64; shift += 8) {
    layout.header += static_cast<char>(static_cast<unsigned char>(std::uint64_t{text.size()} >> shift & 255U));
  }
  layout.header += text;
  for (Tensor& tensor : tensors) tensor.offset += layout.header.size();
  layout.tensors = std::move(tensors);
  layout.file_size = layout.header.size() + end;
  return layout;
}

const Tensor& Layout::at(std::string_view name) const {
  const auto found = index.find(name);
  if (found == index.end())
    throw Error(ErrorCode::invalid_argument, "no tensor '" + std::string(name) + "' was laid out");
  return tensors[found->second];
}

}  // namespace trilane::safetensors
