#include "trilane/conversion.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "trilane/error.hpp"

namespace trilane::safetensors {

namespace {

/// Calls `work`; an error of it gets the file's and the tensor's name.
template <class Work>
auto named(const Reader& reader, const std::string& tensor, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(error.code(), reader.source() + ": tensor '" + tensor + "': " + error.what());
  }
}

void copy(const Reader& reader, const Tensor& tensor, const Layout& layout, const WriteAt& write) {
  constexpr std::uint64_t max_piece = std::uint64_t{1} << 20U;
  const std::uint64_t to = layout.at(tensor.name).offset;
  std::vector<std::byte> piece;
  for (std::uint64_t done = 0; done < tensor.size; done += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(max_piece, tensor.size - done)));
    reader.read(tensor, done, piece);
    write(to + done, piece);
  }
}

/// True for the scales of a quantized tensor, which the restored file has no use for.
bool is_scale(const Tensor& tensor, const QuantizedTensors& quantized) {
  const std::string suffix = scale_name("");
  return tensor.name.ends_with(suffix) && quantized.contains(tensor.name.substr(0, tensor.name.size() - suffix.size()));
}

/// The layout of the file as it is.
Layout unchanged(const Reader& reader) {
  Layout layout{reader.header(), reader.tensors(), 0, {}};
  layout.file_size = layout.header.size();
  for (const Tensor& tensor : layout.tensors) {
    layout.index.emplace(tensor.name, layout.index.size());
    layout.file_size += tensor.size;
  }
  return layout;
}

/// Throws bad_file if the file has a tensor of the name that the scales of `tensor` would get.
void require_free(const Reader& reader, const Tensor& tensor) {
  const std::string scales = scale_name(tensor.name);
  if (reader.find(scales) == nullptr) return;
  throw Error(ErrorCode::bad_file,
              reader.source() + ": tensor '" + tensor.name + "' cannot be quantized: its scales would be '" + scales +
                  "', and a tensor of that name is there; leave '" + tensor.name + "' out (--exclude)");
}

}  // namespace

QuantizedPlan plan_quantized(const Reader& reader, Format format, QuantizeOptions options,
                             const std::function<bool(const Tensor&)>& chosen) {
  if (reader.metadata().contains(metadata_key)) {
    throw Error(ErrorCode::bad_file, reader.source() + " is quantized already; dequantize it first");
  }
  QuantizedPlan plan{format, options, {}, {}};
  std::vector<Tensor> tensors;
  for (const Tensor& tensor : reader.tensors()) {
    if (!is_quantizable(tensor) || !chosen(tensor)) {
      tensors.push_back(tensor);
      continue;
    }
    require_free(reader, tensor);
    const Shape matrix = tensor.matrix();
    plan.quantized[tensor.name] = {format, options.rule, options.granularity, tensor.shape, tensor.dtype};
    tensors.push_back({tensor.name, Dtype::u8, {matrix.rows, row_bytes(format, matrix.cols)}});
    tensors.push_back({scale_name(tensor.name), Dtype::f32, {scale_count(options.granularity, matrix)}});
  }
  if (plan.quantized.empty()) {
    plan.layout = unchanged(reader);
    return plan;
  }
  Metadata metadata = reader.metadata();
  metadata[metadata_key] = to_metadata(plan.quantized);
  plan.layout = lay_out(std::move(tensors), metadata);
  return plan;
}

std::optional<QuantizedTensor> quantize_tensor(const Reader& reader, const Tensor& tensor, const QuantizedPlan& plan,
                                               const WriteAt& write) {
  if (!plan.quantized.contains(tensor.name)) {
    copy(reader, tensor, plan.layout, write);
    return std::nullopt;
  }
  const Shape shape = tensor.matrix();
  std::vector<float> weights(shape.rows * shape.cols);
  reader.read_f32(tensor, 0, weights);
  std::vector<std::uint8_t> codes(storage_bytes(plan.format, shape));
  std::vector<float> scales(scale_count(plan.options.granularity, shape));
  named(reader, tensor.name, [&] { quantize(weights, shape, plan.format, plan.options, codes, scales); });
  write(plan.layout.at(tensor.name).offset, std::as_bytes(std::span(codes)));
  write(plan.layout.at(scale_name(tensor.name)).offset, std::as_bytes(std::span(scales)));
  return QuantizedTensor{codes.size() + scales.size() * sizeof(float),
                         measure_quality(weights, codes, scales, shape, plan.format)};
}

DequantizedPlan plan_dequantized(const Reader& reader) {
  DequantizedPlan plan{quantized_tensors(reader), {}};
  if (!reader.metadata().contains(metadata_key)) {
    plan.layout = unchanged(reader);
    return plan;
  }
  std::vector<Tensor> tensors;
  for (const Tensor& tensor : reader.tensors()) {
    if (is_scale(tensor, plan.quantized)) continue;
    const auto found = plan.quantized.find(tensor.name);
    if (found == plan.quantized.end()) {
      tensors.push_back(tensor);
    } else {
      tensors.push_back({tensor.name, Dtype::f32, found->second.shape});
    }
  }
  Metadata metadata = reader.metadata();
  metadata.erase(metadata_key);
  plan.layout = lay_out(std::move(tensors), metadata);
  return plan;
}

void dequantize_tensor(const Reader& reader, const Tensor& tensor, const DequantizedPlan& plan, const WriteAt& write) {
  if (is_scale(tensor, plan.quantized)) return;
  const auto found = plan.quantized.find(tensor.name);
  if (found == plan.quantized.end()) {
    copy(reader, tensor, plan.layout, write);
    return;
  }
  const Quantized& quantized = found->second;
  const Shape shape = quantized.matrix();
  const Storage storage = read_storage(reader, tensor.name, quantized);
  std::vector<float> weights(shape.rows * shape.cols);
  named(reader, tensor.name, [&] { dequantize(storage.codes, storage.scales, shape, quantized.format, weights); });
  write(plan.layout.at(tensor.name).offset, std::as_bytes(std::span(weights)));
}

std::string nothing_to_quantize(const Reader& reader) {
  const auto left_out = std::ranges::count_if(reader.tensors(), &is_quantizable);
  if (left_out == 0) return "has no tensor to quantize (F32, F16 or BF16 of at least two dimensions)";
  return "has no tensor to quantize: the choice of names leaves out all " + std::to_string(left_out) + " that could be";
}

Storage read_storage(const Reader& reader, const std::string& name, const Quantized& quantized) {
  const Tensor& tensor = *reader.find(name);  // quantized_tensors() has seen both
  Storage storage{std::vector<std::uint8_t>(static_cast<std::size_t>(tensor.size)),
                  std::vector<float>(scale_count(quantized.granularity, quantized.matrix()))};
  reader.read(tensor, 0, std::as_writable_bytes(std::span(storage.codes)));
  reader.read_f32(*reader.find(scale_name(name)), 0, storage.scales);
  return storage;
}

}  // namespace trilane::safetensors
