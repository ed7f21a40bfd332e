#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>
#include <utility>

#include "dtype.hpp"
#include "json_text.hpp"
#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

/// Returns the bits of an element. Those of an unknown dtype are what its bytes say, if they are a power of two, and up to 128:
/// then it and all that follow begin at multiples of their elements. Otherwise 0: last.
std::uint64_t element_bits(const Tensor& tensor) {
  if (tensor.dtype != Dtype::other) return bits_of(tensor.dtype);
  const std::uint64_t elements = tensor.elements();
  if (elements == 0 || tensor.size % elements != 0 || !std::has_single_bit(tensor.size / elements)) return 0;
  return 8 * std::min<std::uint64_t>(tensor.size / elements, 16);
}

bool largest_dtype_first(const Tensor& a, const Tensor& b) {
  const std::uint64_t bits_a = element_bits(a);
  const std::uint64_t bits_b = element_bits(b);
  return bits_a != bits_b ? bits_a > bits_b : a.name < b.name;
}

std::optional<std::uint64_t> bytes_of(const Tensor& tensor) {
  if (tensor.dtype == Dtype::other) return element_count(tensor.shape) ? std::optional(tensor.size) : std::nullopt;
  if (!fills_bytes(tensor.shape, bits_of(tensor.dtype))) {
    throw Error(ErrorCode::invalid_argument, "tensor '" + tensor.name + "' does not fill whole bytes");
  }
  return byte_count(tensor.shape, bits_of(tensor.dtype));
}

std::string header_text(const std::vector<Tensor>& tensors, const Metadata& metadata) {
  JsonObject header;
  if (!metadata.empty()) {
    JsonObject members;
    for (const auto& [key, value] : metadata) members.add(key, json_string(value));
    header.add("__metadata__", members.text());
  }
  for (const Tensor& tensor : tensors) {
    const std::array<std::uint64_t, 2> offsets = {tensor.offset, tensor.offset + tensor.size};
    JsonObject entry;
    entry.add("dtype", json_string(std::string(tensor.dtype_name())));
    entry.add("shape", json_array(tensor.shape));
    entry.add("data_offsets", json_array(offsets));
    header.add(tensor.name, entry.text());
  }
  return header.text();
}

}  // namespace

Layout lay_out(std::vector<Tensor> tensors, const Metadata& metadata) {
  std::sort(tensors.begin(), tensors.end(), &largest_dtype_first);
  Layout layout;
  std::uint64_t end = 0;
  for (Tensor& tensor : tensors) {
    const std::optional<std::uint64_t> bytes = bytes_of(tensor);
    if (!bytes || *bytes > (std::uint64_t{1} << 62U) - end) {
      throw Error(ErrorCode::overflow, "tensor '" + tensor.name + "' has more bytes than any file");
    }
    if (tensor.name == "__metadata__" || !layout.index.emplace(tensor.name, layout.index.size()).second) {
      throw Error(ErrorCode::invalid_argument, "the name '" + tensor.name + "' would stand twice in the file");
    }
    tensor.offset = end;
    tensor.size = *bytes;
    end += *bytes;
  }
  std::string text;
  try {
    text = header_text(tensors, metadata);
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
