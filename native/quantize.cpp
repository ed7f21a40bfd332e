#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "bench/expression.hpp"
#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/conversion.hpp"
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

std::optional<bench::Expression> compile(const std::optional<std::string>& pattern) {
  if (!pattern) return std::nullopt;
  return bench::Expression(*pattern);
}

safetensors::QuantizedPlan plan_of(const Reader& reader, const Options& options) {
  const std::optional<bench::Expression> include = compile(options.include);
  const std::optional<bench::Expression> exclude = compile(options.exclude);
  const auto chosen = [&](const Tensor& tensor) {
    return (!include || include->found_in(tensor.name)) && (!exclude || !exclude->found_in(tensor.name));
  };
  return safetensors::plan_quantized(reader, parse_format(options.format),
                                     {parse_scale_rule(options.rule), parse_granularity(options.granularity)}, chosen);
}

struct Totals {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  Quality quality;
};

std::vector<std::string> summary_row(const std::string& name, const std::string& shape, const Totals& totals,
                                     const std::string& already = "") {
  const auto weights = static_cast<double>(totals.quality.elements());
  return {name,
          shape,
          size(static_cast<double>(totals.before)),
          size(static_cast<double>(totals.after)),
          fixed(8 * static_cast<double>(totals.after) / weights, 3),
          fixed(totals.quality.snr_db(), 2),
          fixed(totals.quality.cosine(), 4),
          percent(totals.quality.zero_share()),
          already};
}

/// Counts the tensors that were ternary before.
class AlreadyTernary {
 public:
  explicit AlreadyTernary(QuantizeOptions options) : options_(options) {}

  /// Returns the summary's word for a tensor.
  std::string add(std::optional<Granularity> ternary) {
    if (!ternary) return "";
    const bool per_row = *ternary == Granularity::row;
    if (options_.rule == ScaleRule::absmax && (!per_row || options_.granularity == Granularity::row)) {
      return "ternary, kept exactly";
    }
    ++changed_;
    needs_rows_ = needs_rows_ || per_row;
    return "ternary";
  }

  /// Returns how those that changed are kept: a line, or nothing.
  [[nodiscard]] std::string advice() const {
    if (changed_ == 0) return "";
    return std::to_string(changed_) + (changed_ == 1 ? " tensor is" : " tensors are") +
           " ternary already: --scale absmax" + (needs_rows_ ? " --per row" : "") + " keeps such weights exactly\n";
  }

 private:
  QuantizeOptions options_;
  std::size_t changed_ = 0;
  bool needs_rows_ = false;
};

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t dimension : shape) text += (text.empty() ? "" : "×") + std::to_string(dimension);
  return text;
}

int run(const Options& options) {
  const Input input(options.input);
  const Reader reader(input.size(), reader_of(input), input.name());
  const safetensors::QuantizedPlan plan = plan_of(reader, options);
  Output output(options.output);
  output.write(plan.layout.header);

  Table table({{"tensor"},
               {"shape"},
               {"before", Align::right},
               {"after", Align::right},
               {"bits/weight", Align::right},
               {"SNR dB", Align::right},
               {"cosine", Align::right},
               {"zeros", Align::right},
               {"was"}});
  Totals all;
  AlreadyTernary already(plan.options);
  Progress progress("quantize");
  std::uint64_t done = 0;
  for (const Tensor& tensor : reader.tensors()) {
    progress.show_bytes(tensor.name, done, input.size());
    done += tensor.size;
    const bool taken = plan.quantized.contains(tensor.name);
    const auto ternary = taken ? safetensors::ternary_granularity(reader, tensor) : std::nullopt;
    const auto made = safetensors::quantize_tensor(reader, tensor, plan, writer_of(output));
    if (!made) continue;
    const Totals one{tensor.size, made->bytes, made->quality};
    table.add(summary_row(tensor.name, shape_text(tensor.shape), one, already.add(ternary)));
    all.before += one.before;
    all.after += one.after;
    all.quality.add(one.quality);
  }
  progress.clear();
  output.commit();

  std::ostream& to = output.words();
  if (plan.quantized.empty()) {
    output.notes() << "trilane: " << reader.source() << " " << safetensors::nothing_to_quantize(reader)
                   << "; it was copied as it is\n";
  } else {
    table.add(summary_row("all of these", "", all));
    table.drop_last_if_empty();
    table.print(to);
    to << already.advice() << "\n";
  }
  to << "file: " << size(static_cast<double>(input.size())) << " before, "
     << size(static_cast<double>(plan.layout.file_size)) << " after\n";
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
  command
      ->add_option("--scale", options->rule,
                   "absmean (BitNet b1.58, default) or absmax, which keeps ternary weights exactly")
      ->type_name("RULE");
  command->add_option("--per", options->granularity, "One scale per tensor (default) or per row")
      ->type_name("tensor|row");
  command->add_option("--include", options->include, "Only tensors in whose name this regular expression is found")
      ->type_name("REGEX");
  command->add_option("--exclude", options->exclude, "No tensor in whose name this is found")->type_name("REGEX");
  command->footer(
      "Quantizes every F32, F16 and BF16 tensor of at least two dimensions (rows: the first); the others pass "
      "through, and a file without\n"
      "any is copied.\n"
      "Needs memory for the largest tensor. The result appears whole or not at all.\n\n"
      "Examples:\n"
      "  trilane quantize model.safetensors -o ternary.safetensors --format tl2\n"
      "  trilane quantize model.safetensors -o ternary.safetensors --format i2_s --per row --exclude 'embed|lm_head'");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
