#include <iostream>
#include <memory>

#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/conversion.hpp"
#include "trilane/safetensors.hpp"

namespace trilane::cli {

namespace {

using safetensors::Reader;
using safetensors::Tensor;

struct Options {
  std::string input;
  std::string output;
};

int run(const Options& options) {
  const Input input(options.input);
  const Reader reader(input.size(), reader_of(input), input.name());
  const safetensors::DequantizedPlan plan = safetensors::plan_dequantized(reader);
  Output output(options.output);
  output.write(plan.layout.header);

  Progress progress("dequantize");
  std::uint64_t done = 0;
  for (const Tensor& tensor : reader.tensors()) {
    progress.show_bytes(tensor.name, done, input.size());
    done += tensor.size;
    safetensors::dequantize_tensor(reader, tensor, plan, writer_of(output));
  }
  progress.clear();
  output.commit();
  if (plan.quantized.empty()) {
    output.notes() << "trilane: " << reader.source()
                   << " has no tensor that trilane quantized; it was copied as it is\n";
  }
  output.words() << plan.quantized.size()
                 << " tensors dequantized to F32; file: " << size(static_cast<double>(input.size())) << " before, "
                 << size(static_cast<double>(plan.layout.file_size)) << " after\n";
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
      "Tensors get their names and shapes back, as F32 whatever they were; scales and trilane's metadata go.\n"
      "A file without quantized tensors is copied.\n\n"
      "Example:\n  trilane dequantize ternary.safetensors -o restored.safetensors");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
