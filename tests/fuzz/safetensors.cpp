// Any bytes as a safetensors file: they are refused, or are a file that is quantized and dequantized without harm, and what is
// written is such a file again.

#include "trilane/safetensors.hpp"

#include <algorithm>
#include <optional>

#include "require.hpp"
#include "trilane/conversion.hpp"
#include "trilane/error.hpp"

using namespace trilane;
using namespace trilane::safetensors;
using trilane::test::require;

namespace {

using Bytes = std::vector<std::byte>;

Reader reader_of(std::span<const std::byte> file) {
  const auto read = [file](std::uint64_t offset, std::span<std::byte> bytes) {
    require(offset <= file.size() && bytes.size() <= file.size() - offset, "only the file is read");
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), bytes.size(), bytes.begin());
  };
  return {file.size(), read, "input"};
}

/// Writes a file by its layout and what `each(tensor, write)` writes of the tensors; none if that is refused.
template <class Each>
std::optional<Bytes> write_file(const Reader& reader, const Layout& layout, const Each& each) {
  require(layout.file_size <= (1U << 24U), "a file of some bytes stays small");
  Bytes file(static_cast<std::size_t>(layout.file_size));
  const WriteAt write = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
    require(offset <= file.size() && bytes.size() <= file.size() - offset, "only the new file is written");
    std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset));
  };
  write(0, std::as_bytes(std::span(layout.header)));
  try {
    for (const Tensor& tensor : reader.tensors()) each(tensor, write);
  } catch (const Error&) {
    return std::nullopt;
  }
  return file;
}

std::optional<DequantizedPlan> plan_to_dequantize(const Reader& reader) {
  try {
    return plan_dequantized(reader);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<QuantizedPlan> plan_to_quantize(const Reader& reader, Format format, Granularity granularity) {
  try {
    return plan_quantized(reader, format, {.granularity = granularity}, [](const Tensor&) { return true; });
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<Bytes> dequantized(const Reader& reader) {
  const auto plan = plan_to_dequantize(reader);
  if (!plan) return std::nullopt;
  return write_file(reader, plan->layout, [&](const Tensor& tensor, const WriteAt& write) {
    dequantize_tensor(reader, tensor, *plan, write);
  });
}

std::optional<Bytes> quantized(const Reader& reader, Format format, Granularity granularity) {
  const auto plan = plan_to_quantize(reader, format, granularity);
  if (!plan) return std::nullopt;
  return write_file(reader, plan->layout,
                    [&](const Tensor& tensor, const WriteAt& write) { quantize_tensor(reader, tensor, *plan, write); });
}

void convert(const Reader& reader) {
  for (const Tensor& tensor : reader.tensors()) {
    Bytes bytes(static_cast<std::size_t>(tensor.size));
    reader.read(tensor, 0, bytes);
    require(reader.find(tensor.name) == &tensor, "a tensor is found by its name");
  }
  if (const auto file = dequantized(reader)) reader_of(*file);
  const Granularity granularity = reader.tensors().size() % 2 == 0 ? Granularity::tensor : Granularity::row;
  for (const Format format : {Format::i2_s, Format::tl1, Format::tl2}) {
    if (const auto file = quantized(reader, format, granularity)) {
      require(dequantized(reader_of(*file)).has_value(), "what is quantized is dequantized");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::optional<Reader> reader;
  try {
    reader.emplace(reader_of(std::as_bytes(std::span(data, size))));
  } catch (const Error&) {
    return 0;
  }
  convert(*reader);
  return 0;
}
