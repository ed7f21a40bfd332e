#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/conversion.hpp"
#include "trilane/error.hpp"
#include "trilane/quantize.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::cli {

namespace {

using safetensors::Reader;
using safetensors::Tensor;

struct Options {
  std::string input;
  bool json = false;
};

/// What the file says of a quantized tensor, and what its bytes say.
struct Finding {
  safetensors::Quantized quantized;
  double bits_per_weight = 0;
  double zero_share = 0;
  std::vector<float> scales;  // sorted
};

struct Look {
  std::optional<Finding> quantized;
  std::optional<Granularity> ternary;  ///< of weights that are not quantized: as safetensors::ternary_granularity()
};

/// Counts zeros row by row, so that codes and one row are all that is in memory.
double zero_share(std::span<const std::uint8_t> codes, Shape shape, Format format) {
  const float one = 1;
  const std::size_t bytes = row_bytes(format, shape.cols);
  std::vector<float> row(shape.cols);
  std::uint64_t zeros = 0;
  for (std::size_t r = 0; r < shape.rows; ++r) {
    dequantize(codes.subspan(r * bytes, bytes), {&one, 1}, {1, shape.cols}, format, row);
    zeros += static_cast<std::uint64_t>(std::count(row.begin(), row.end(), 0.0F));
  }
  return static_cast<double>(zeros) / (static_cast<double>(shape.rows) * static_cast<double>(shape.cols));
}

Finding look_at(const Reader& reader, const Tensor& tensor, const safetensors::Quantized& quantized) {
  const Shape shape = quantized.matrix();
  const auto [codes, scales] = safetensors::read_storage(reader, tensor.name, quantized);
  Finding finding{quantized, 0, 0, scales};
  try {
    check_storage(codes, finding.scales, shape, quantized.format);
  } catch (const Error& error) {
    throw Error(error.code(), reader.source() + ": tensor '" + tensor.name + "': " + error.what());
  }
  finding.bits_per_weight = 8 * static_cast<double>(tensor.size + finding.scales.size() * sizeof(float)) /
                            (static_cast<double>(shape.rows) * static_cast<double>(shape.cols));
  finding.zero_share = zero_share(codes, shape, quantized.format);
  std::sort(finding.scales.begin(), finding.scales.end());
  return finding;
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t dimension : shape) text += (text.empty() ? "" : "×") + std::to_string(dimension);
  return text;
}

std::string scientific(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", static_cast<double>(value));
  return text;
}

/// Returns how weights that are ternary already are kept: a line, or nothing.
std::string advice(const std::vector<Look>& looks) {
  const auto is = [](const Look& look) { return look.ternary.has_value(); };
  if (std::ranges::none_of(looks, is)) return "";
  const bool rows = std::ranges::any_of(looks, [](const Look& look) { return look.ternary == Granularity::row; });
  return std::string("ternary already: quantize --scale absmax") + (rows ? " --per row" : "") +
         " keeps these weights exactly\n";
}

void print_text(const Reader& reader, const std::vector<Look>& looks, std::uint64_t file_size) {
  Table table({{"tensor"},
               {"dtype"},
               {"shape"},
               {"bytes", Align::right},
               {"format"},
               {"scale"},
               {"was"},
               {"bits/weight", Align::right},
               {"zeros", Align::right},
               {"scales"}});
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const Tensor& tensor = reader.tensors()[i];
    std::vector<std::string> row{tensor.name, std::string(tensor.dtype_name()), shape_text(tensor.shape),
                                 size(static_cast<double>(tensor.size))};
    if (const std::optional<Finding>& finding = looks[i].quantized) {
      const safetensors::Quantized& what = finding->quantized;
      const std::vector<float>& scales = finding->scales;
      row.insert(row.end(), {std::string(name(what.format)),
                             std::string(name(what.rule)) + " per " + std::string(name(what.granularity)),
                             std::string(name(what.dtype)) + " " + shape_text(what.shape),
                             fixed(finding->bits_per_weight, 3), percent(finding->zero_share),
                             scales.size() == 1 ? scientific(scales[0])
                                                : scientific(scales.front()) + " … " + scientific(scales.back())});
    } else if (const std::optional<Granularity> ternary = looks[i].ternary) {
      row.insert(row.end(), {"ternary already", "per " + std::string(name(*ternary))});
    }
    row.resize(10);
    table.add(row);
  }
  table.print(std::cout);
  std::cout << "\n" << advice(looks) << "file: " << size(static_cast<double>(file_size)) << "\n";
}

void print_json(const Reader& reader, const std::vector<Look>& looks, std::uint64_t file_size) {
  using Json = nlohmann::ordered_json;
  Json tensors = Json::array();
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const Tensor& tensor = reader.tensors()[i];
    Json entry = {{"name", tensor.name},  {"dtype", tensor.dtype_name()}, {"shape", tensor.shape},
                  {"bytes", tensor.size}, {"ternary", nullptr},           {"quantized", nullptr}};
    if (looks[i].ternary) entry["ternary"] = name(*looks[i].ternary);
    if (const std::optional<Finding>& finding = looks[i].quantized) {
      const safetensors::Quantized& what = finding->quantized;
      entry["quantized"] = {{"format", name(what.format)},
                            {"scale", name(what.rule)},
                            {"per", name(what.granularity)},
                            {"shape", what.shape},
                            {"dtype", name(what.dtype)},
                            {"bits_per_weight", finding->bits_per_weight},
                            {"zero_share", finding->zero_share},
                            {"scales",
                             {{"min", finding->scales.front()},
                              {"median", finding->scales[finding->scales.size() / 2]},
                              {"max", finding->scales.back()}}}};
    }
    tensors.push_back(entry);
  }
  std::cout << Json{{"bytes", file_size}, {"tensors", tensors}}.dump(1) << "\n";
}

int run(const Options& options) {
  const Input input(options.input);
  const Reader reader(input.size(), reader_of(input), input.name());
  const safetensors::QuantizedTensors quantized = safetensors::quantized_tensors(reader);
  std::vector<Look> looks;
  Progress progress("inspect");
  std::uint64_t done = 0;
  for (const Tensor& tensor : reader.tensors()) {
    progress.show_bytes(tensor.name, done, input.size());
    done += tensor.size;
    const auto found = quantized.find(tensor.name);
    Look& look = looks.emplace_back();
    if (found != quantized.end()) {
      look.quantized = look_at(reader, tensor, found->second);
    } else if (is_quantizable(tensor)) {
      look.ternary = safetensors::ternary_granularity(reader, tensor);
    }
  }
  progress.clear();
  options.json ? print_json(reader, looks, input.size()) : print_text(reader, looks, input.size());
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("inspect", "Show and check what a safetensors file holds");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->input, "Safetensors file, - for stdin")->required()->type_name("");
  command->add_flag("--json", options->json, "Machine-readable output");
  command->footer(
      "Quantized tensors are checked: an unused code, padding that is not zero or a wrong scale is an error.\n\n"
      "Examples:\n  trilane inspect ternary.safetensors\n  trilane inspect --json ternary.safetensors");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
