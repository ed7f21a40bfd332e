#include "bench/export.hpp"

#include <filesystem>
#include <memory>

#include "bench/baseline.hpp"
#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int another_schema = 3;
constexpr int unreadable = 4;

struct Options {
  std::string input;
  std::string output = "-";
  std::string format;
  std::string title;
};

/// A baseline's own name: its file's, without folder and extension.
std::string title_of(const Options& options) {
  if (!options.title.empty()) return options.title;
  return options.input == "-" ? "baseline" : std::filesystem::path(options.input).stem().string();
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const bench::ExportFormat format : bench::all_export_formats) names.emplace_back(name(format));
  return names;
}

std::string exported(const Options& options, const bench::Baseline& baseline) {
  try {
    return bench::export_as(*bench::find_export_format(options.format), baseline, title_of(options));
  } catch (const Error& error) {
    throw Error(error.code(), options.input + ": " + error.what());
  }
}

int run(const Options& options) {
  std::string text;
  try {
    text = exported(options, bench::parse_baseline(read_text(options.input), options.input));
  } catch (const Error& error) {
    return complain(error.what(), error.code() == ErrorCode::invalid_argument ? another_schema : unreadable);
  }
  Output output(options.output);
  output.write(text);
  output.commit();
  return 0;
}

}  // namespace

void add_export(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("export", "Turn a baseline into a format that other tools read");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->input, "Baseline JSON, - for stdin")->required()->type_name("FILE.json");
  command->add_option("--to", options->format, "The format")->required()->check(CLI::IsMember(format_names()));
  command->add_option("-o,--output", options->output, "File to write, - for stdout, the default")->type_name("FILE");
  command->add_option("--name", options->title, "criterion: what critcmp calls the baseline; else the file's name");
  command->footer(
      "Formats:\n"
      "  criterion                what critcmp reads: critcmp before.json after.json\n"
      "  google-benchmark         what compare.py of Google Benchmark reads\n"
      "  github-action-benchmark  for that action, as tool: customSmallerIsBetter\n"
      "  bencher                  Bencher Metric Format\n"
      "  csv                      RFC 4180, a row a case and arch\n"
      "  otlp                     OpenTelemetry metrics, to POST to a collector's /v1/metrics\n\n"
      "Exit status: 0 done · 1 the output cannot be written · 3 a baseline of another schema version · 4 wrong usage "
      "or "
      "a\n"
      "file that cannot be read\n\n"
      "Examples:\n"
      "  trilane export after.json --to criterion -o critcmp/after.json\n"
      "  trilane export after.json --to csv > after.csv\n"
      "  trilane bench --quick --json - | trilane export - --to otlp");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
