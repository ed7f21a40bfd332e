#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "trilane/formats.hpp"
#include "trilane/quality.hpp"
#include "trilane/quantize.hpp"
#include "trilane/safetensors.hpp"

// Whole files, tensor by tensor, so that only one tensor is in memory and the caller can show progress between two:
//
//   const auto plan = plan_quantized(reader, Format::tl2, {}, [](const Tensor&) { return true; });
//   write(0, plan.layout.header);
//   for (const Tensor& tensor : reader.tensors()) quantize_tensor(reader, tensor, plan, write);
//
// The command line and the npm package convert through these, so their files are the same byte for byte.

namespace trilane::safetensors {

/// Writes `bytes` at `offset` of the new file.
using WriteAt = std::function<void(std::uint64_t offset, std::span<const std::byte> bytes)>;

/// What the new file will be.
struct QuantizedPlan {
  Format format;
  QuantizeOptions options;
  QuantizedTensors quantized;  ///< the tensors that will be
  Layout layout;
};

/// Plans to quantize the quantizable tensors that are `chosen`; the others pass through. Where none is left, `quantized` is empty
/// and the new file is the old one byte for byte. Throws bad_file if the file is quantized already, or has a tensor of the name
/// that scales would get.
QuantizedPlan plan_quantized(const Reader& reader, Format format, QuantizeOptions options,
                             const std::function<bool(const Tensor&)>& chosen);

/// What became of one tensor.
struct QuantizedTensor {
  std::uint64_t bytes = 0;  ///< of its codes and scales
  Quality quality;
};

/// Quantizes a tensor of `reader`, and writes its codes and scales to their places; or copies it, if the plan is to pass it
/// through, and returns nothing. Throws as quantize(), with the file's and the tensor's name before the message.
std::optional<QuantizedTensor> quantize_tensor(const Reader& reader, const Tensor& tensor, const QuantizedPlan& plan,
                                               const WriteAt& write);

struct DequantizedPlan {
  QuantizedTensors quantized;  ///< the tensors that were
  Layout layout;
};

/// Plans to turn the quantized tensors into F32 of their old names and shapes; the others pass through, without the scales and
/// trilane's metadata. Where none is quantized, the new file is the old one byte for byte. Throws as quantized_tensors().
DequantizedPlan plan_dequantized(const Reader& reader);

/// Dequantizes or copies a tensor of `reader` to its place; scales have none. Throws as dequantize(), with the file's and the
/// tensor's name before the message.
void dequantize_tensor(const Reader& reader, const Tensor& tensor, const DequantizedPlan& plan, const WriteAt& write);

/// Returns why no tensor of the file is quantized, as a sentence's end: "has no tensor to quantize (…)".
std::string nothing_to_quantize(const Reader& reader);

/// Finds out whether a weight tensor is ternary already: its values are −s, 0 and +s, with one s > 0 per tensor or one per row.
/// Then absmax keeps it exactly, with scales per tensor or per row. Reads the tensor until that is known, piece by piece.
std::optional<Granularity> ternary_granularity(const Reader& reader, const Tensor& tensor);

/// A quantized tensor's codes and scales, not yet checked.
struct Storage {
  std::vector<std::uint8_t> codes;
  std::vector<float> scales;
};
Storage read_storage(const Reader& reader, const std::string& name, const Quantized& quantized);

}  // namespace trilane::safetensors
