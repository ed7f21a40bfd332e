#include "trilane/quantize.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <regex>
#include <vector>

#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/table.hpp"
#include "native/tensor_copy.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"
#include "trilane/quality.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::cli {

namespace {

using safetensors::Reader;
using safetensors::Tensor;

struct Options {
  std::string input;
  std::string output;
  std::string format;
  std::string rule = "absmean";
  std::string granularity = "tensor";
  std::optional<std::string> include;
  std::optional<std::string> exclude;
};

struct Plan {
  Format format;
  QuantizeOptions options;
  std::optional<std::regex> include;
  std::optional<std::regex> exclude;

  [[nodiscard]] bool takes(const Tensor& tensor) const {
    return safetensors::is_quantizable(tensor) && (!include || std::regex_search(tensor.name, *include)) &&
           (!exclude || !std::regex_search(tensor.name, *exclude));
  }
};

std::optional<std::regex> compile(const std::optional<std::string>& pattern) {
  if (!pattern) return std::nullopt;
  try {
    return std::regex(*pattern, std::regex::ECMAScript);
  } catch (const std::regex_error& error) {
    throw Error(ErrorCode::invalid_argument, "'" + *pattern + "' is not a regular expression: " + error.what());
  }
}

Plan plan_of(const Options& options) {
  return {parse_format(options.format),
          {parse_scale_rule(options.rule), parse_granularity(options.granularity)},
          compile(options.include),
          compile(options.exclude)};
}

safetensors::Layout plan_file(const Reader& reader, const Plan& plan) {
  if (reader.metadata().contains(safetensors::metadata_key)) {
    throw Error(ErrorCode::bad_file, reader.source() + " is quantized already; `trilane dequantize` turns it back");
  }
  safetensors::QuantizedTensors quantized;
  std::vector<Tensor> tensors;
  for (const Tensor& tensor : reader.tensors()) {
    if (!plan.takes(tensor)) {
      tensors.push_back(tensor);
      continue;
    }
    const Shape matrix = tensor.matrix();
    quantized[tensor.name] = {plan.format, plan.options.rule, plan.options.granularity, tensor.shape, tensor.dtype};
    tensors.push_back({tensor.name, safetensors::Dtype::u8, {matrix.rows, row_bytes(plan.format, matrix.cols)}});
    tensors.push_back({safetensors::scale_name(tensor.name),
                       safetensors::Dtype::f32,
                       {scale_count(plan.options.granularity, matrix)}});
  }
  if (quantized.empty()) {
    throw Error(ErrorCode::bad_file, reader.source() + ": no tensor to quantize (F32, F16 or BF16 of at least two " +
                                         "dimensions, chosen by --include and --exclude)");
  }
  safetensors::Metadata metadata = reader.metadata();
  metadata[safetensors::metadata_key] = safetensors::to_metadata(quantized);
  return safetensors::lay_out(std::move(tensors), metadata);
}

/// Dequantizes row by row into a small buffer, so that no second tensor is in memory.
Quality measure(std::span<const float> weights, Shape shape, Format format, std::span<const std::uint8_t> codes,
                std::span<const float> scales) {
  const std::size_t bytes = row_bytes(format, shape.cols);
  std::vector<float> row(shape.cols);
  Quality quality;
  for (std::size_t r = 0; r < shape.rows; ++r) {
    dequantize(codes.subspan(r * bytes, bytes), scales.subspan(scales.size() == 1 ? 0 : r, 1), {1, shape.cols}, format,
               row);
    quality.add(weights.subspan(r * shape.cols, shape.cols), row);
  }
  return quality;
}

struct Totals {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  Quality quality;
};

std::vector<std::string> summary_row(const std::string& name, const std::string& shape, const Totals& totals) {
  const auto weights = static_cast<double>(totals.quality.elements());
  return {name,
          shape,
          size(static_cast<double>(totals.before)),
          size(static_cast<double>(totals.after)),
          fixed(8 * static_cast<double>(totals.after) / weights, 3),
          fixed(totals.quality.snr_db(), 2),
          fixed(totals.quality.cosine(), 4),
          percent(totals.quality.zero_share())};
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t dimension : shape) text += (text.empty() ? "" : "×") + std::to_string(dimension);
  return text;
}

/// Quantizes one tensor and writes its codes and scales to their places.
Totals quantize_tensor(const Reader& reader, const Tensor& tensor, const Plan& plan, const safetensors::Layout& layout,
                       Output& output) {
  const Shape shape = tensor.matrix();
  std::vector<float> weights(shape.rows * shape.cols);
  reader.read_f32(tensor, 0, weights);
  std::vector<std::uint8_t> codes(storage_bytes(plan.format, shape));
  std::vector<float> scales(scale_count(plan.options.granularity, shape));
  try {
    quantize(weights, shape, plan.format, plan.options, codes, scales);
  } catch (const Error& error) {
    throw Error(error.code(), reader.source() + ": tensor '" + tensor.name + "': " + error.what());
  }
  write_tensor(layout, tensor.name, std::as_bytes(std::span(codes)), output);
  write_tensor(layout, safetensors::scale_name(tensor.name), std::as_bytes(std::span(scales)), output);
  return {tensor.size, codes.size() + scales.size() * sizeof(float),
          measure(weights, shape, plan.format, codes, scales)};
}

int run(const Options& options) {
  const Plan plan = plan_of(options);
  const Input input(options.input);
  const Reader reader(input.size(), reader_of(input), input.name());
  const safetensors::Layout layout = plan_file(reader, plan);
  Output output(options.output);
  output.write_at(0, std::as_bytes(std::span(layout.header)));

  Table table({{"tensor"},
               {"shape"},
               {"before", Align::right},
               {"after", Align::right},
               {"bits/weight", Align::right},
               {"SNR dB", Align::right},
               {"cosine", Align::right},
               {"zeros", Align::right}});
  Totals all;
  Progress progress("quantize");
  std::uint64_t done = 0;
  for (const Tensor& tensor : reader.tensors()) {
    progress.show_bytes(tensor.name, done, input.size());
    done += tensor.size;
    if (!plan.takes(tensor)) {
      copy_tensor(reader, tensor, layout, output);
      continue;
    }
    const Totals one = quantize_tensor(reader, tensor, plan, layout, output);
    table.add(summary_row(tensor.name, shape_text(tensor.shape), one));
    all.before += one.before;
    all.after += one.after;
    all.quality.add(one.quality);
  }
  progress.clear();
  output.commit();

  table.add(summary_row("all of these", "", all));
  std::ostream& to = options.output == "-" ? std::cerr : std::cout;
  table.print(to);
  to << "\nfile: " << size(static_cast<double>(input.size())) << " before, "
     << size(static_cast<double>(layout.file_size)) << " after\n";
  return 0;
}

}  // namespace

void add_quantize(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("quantize", "Quantize the weights of a safetensors file to ternary codes");
  const auto options = std::make_shared<Options>();
  command->add_option("IN", options->input, "Safetensors file, - for stdin")->required()->type_name("");
  command->add_option("-o,--output", options->output, "Where the result goes, - for stdout")
      ->required()
      ->type_name("OUT");
  command->add_option("--format", options->format, "i2_s, tl1 or tl2")->required()->type_name("NAME");
  command->add_option("--scale", options->rule, "absmean (BitNet b1.58, default) or absmax")->type_name("RULE");
  command->add_option("--per", options->granularity, "One scale a tensor (default) or a row")->type_name("tensor|row");
  command->add_option("--include", options->include, "Only tensors whose name matches")->type_name("REGEX");
  command->add_option("--exclude", options->exclude, "No tensor whose name matches")->type_name("REGEX");
  command->footer(
      "Quantizes every F32, F16 and BF16 tensor of at least two dimensions (rows: the first); the others pass "
      "through.\n"
      "Needs memory for the largest tensor. The result appears whole or not at all.\n\n"
      "Examples:\n"
      "  trilane quantize model.safetensors -o ternary.safetensors --format tl2\n"
      "  trilane quantize model.safetensors -o ternary.safetensors --format i2_s --per row --exclude 'embed|lm_head'");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
