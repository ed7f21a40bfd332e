#include <iostream>
#include <memory>
#include <vector>

#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/table.hpp"
#include "native/tensor_copy.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"
#include "trilane/quantize.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::cli {

namespace {

using safetensors::Reader;
using safetensors::Tensor;

struct Options {
  std::string input;
  std::string output;
};

/// True for the scales of a quantized tensor, which the result has no use for.
bool is_scale(const Tensor& tensor, const safetensors::QuantizedTensors& quantized) {
  const std::string suffix = safetensors::scale_name("");
  return tensor.name.ends_with(suffix) && quantized.contains(tensor.name.substr(0, tensor.name.size() - suffix.size()));
}

safetensors::Layout plan_file(const Reader& reader, const safetensors::QuantizedTensors& quantized) {
  std::vector<Tensor> tensors;
  for (const Tensor& tensor : reader.tensors()) {
    if (is_scale(tensor, quantized)) continue;
    const auto found = quantized.find(tensor.name);
    if (found == quantized.end()) {
      tensors.push_back(tensor);
    } else {
      tensors.push_back({tensor.name, safetensors::Dtype::f32, found->second.shape});
    }
  }
  safetensors::Metadata metadata = reader.metadata();
  metadata.erase(safetensors::metadata_key);
  return safetensors::lay_out(std::move(tensors), metadata);
}

/// Reads, checks and dequantizes one tensor.
std::vector<float> restore(const Reader& reader, const Tensor& tensor, const safetensors::Quantized& quantized) {
  const Shape shape = quantized.matrix();
  std::vector<std::uint8_t> codes(tensor.size);
  reader.read(tensor, 0, std::as_writable_bytes(std::span(codes)));
  std::vector<float> scales(scale_count(quantized.granularity, shape));
  reader.read_f32(*reader.find(safetensors::scale_name(tensor.name)), 0, scales);
  std::vector<float> weights(shape.rows * shape.cols);
  try {
    dequantize(codes, scales, shape, quantized.format, weights);
  } catch (const Error& error) {
    throw Error(error.code(), reader.source() + ": tensor '" + tensor.name + "': " + error.what());
  }
  return weights;
}

int run(const Options& options) {
  const Input input(options.input);
  const Reader reader(input.size(), reader_of(input), input.name());
  const safetensors::QuantizedTensors quantized = safetensors::quantized_tensors(reader);
  if (quantized.empty()) {
    throw Error(ErrorCode::bad_file, reader.source() + " holds no tensor that trilane quantized");
  }
  const safetensors::Layout layout = plan_file(reader, quantized);
  Output output(options.output);
  output.write_at(0, std::as_bytes(std::span(layout.header)));

  Progress progress("dequantize");
  std::uint64_t done = 0;
  for (const Tensor& tensor : reader.tensors()) {
    progress.show_bytes(tensor.name, done, input.size());
    done += tensor.size;
    if (is_scale(tensor, quantized)) continue;
    const auto found = quantized.find(tensor.name);
    if (found == quantized.end()) {
      copy_tensor(reader, tensor, layout, output);
    } else {
      const std::vector<float> weights = restore(reader, tensor, found->second);
      write_tensor(layout, tensor.name, std::as_bytes(std::span(weights)), output);
    }
  }
  progress.clear();
  output.commit();
  (options.output == "-" ? std::cerr : std::cout)
      << quantized.size() << " tensors dequantized to F32; file: " << size(static_cast<double>(input.size()))
      << " before, " << size(static_cast<double>(layout.file_size)) << " after\n";
  return 0;
}

}  // namespace

void add_dequantize(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("dequantize", "Turn the ternary tensors of a safetensors file into F32 again");
  const auto options = std::make_shared<Options>();
  command->add_option("IN", options->input, "File that trilane quantized, - for stdin")->required()->type_name("");
  command->add_option("-o,--output", options->output, "Where the result goes, - for stdout")
      ->required()
      ->type_name("OUT");
  command->footer(
      "Tensors get their names and shapes back, as F32 whatever they were; scales and trilane's metadata go.\n\n"
      "Example:\n  trilane dequantize ternary.safetensors -o restored.safetensors");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
