#include <csignal>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "bench/calibration.hpp"
#include "bench/runner.hpp"
#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/machine.hpp"
#include "native/output.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"

namespace trilane::cli {

namespace {

struct Options {
  std::string filter;
  std::vector<std::string> archs;
  std::vector<unsigned> threads;
  bool quick = false;
  std::string json;
  std::string weights;
};

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void print_results(const bench::Baseline& baseline, std::ostream& to) {
  std::map<std::string, double> scalar_ns;
  for (const bench::Benchmark& one : baseline.benchmarks) {
    if (one.arch == "scalar") scalar_ns[one.name] = one.estimates.median.point;
  }
  Table table({{"case"},
               {"arch"},
               {"median", Align::right},
               {"95 % interval", Align::right},
               {"elements/s", Align::right},
               {"bytes/s", Align::right},
               {"× scalar", Align::right},
               {"of bandwidth", Align::right},
               {"of int8 peak", Align::right},
               {"roof"}});
  for (const bench::Benchmark& one : baseline.benchmarks) {
    const bench::Estimate& median = one.estimates.median;
    const auto scalar = scalar_ns.find(one.name);
    const bench::Roofline roof = one.roofline.value_or(bench::Roofline{});
    const auto share = [&](double bound_ns) { return bound_ns > 0 ? percent(bound_ns / median.point) : ""; };
    table.add({one.name, one.arch, duration(median.point), duration(median.lower) + " … " + duration(median.upper),
               rate(one.elements_per_s()), rate(one.bytes_per_s()),
               scalar == scalar_ns.end() ? "" : fixed(scalar->second / median.point, 1), share(roof.bandwidth_ns),
               share(roof.int8_mac_ns),
               roof.bound_ns() <= 0   ? ""
               : roof.bound_by_int8() ? "int8"
                                      : "bandwidth"});
  }
  table.print(to);
  for (const bench::Benchmark& one : baseline.benchmarks) {
    if (const auto tokens = one.tokens_per_s()) {
      to << one.name << ", " << one.arch << ": its kernels bound it to " << fixed(*tokens, 1) << " tokens/s\n";
    }
  }
}

int run(const Options& options) {
  std::optional<Input> file;
  std::optional<bench::WeightsFile> weights;
  if (!options.weights.empty()) {
    file.emplace(options.weights);
    weights = bench::open_weights(file->size(), reader_of(*file), file->name());
  }
  bench::SuiteOptions suite;
  suite.quick = options.quick;
  suite.filter = options.filter;
  suite.archs = options.archs;
  suite.threads = options.threads;
  suite.weights = weights ? &*weights : nullptr;
  bench::Runner runner(suite);
  std::optional<Output> json;
  if (!options.json.empty()) json.emplace(options.json);  // a place that cannot be written is known before the work

  Progress progress("bench");
  runner.calibrate(bench::all_threads(), [&](double share) { progress.show("calibrating", share, std::nullopt); });
  const std::size_t count = runner.cases().size();
  for (std::size_t i = 0; i < count; ++i) {
    const bench::Case& next = runner.cases()[i];
    progress.show(next.name + ", " + std::string(next.arch.name()), static_cast<double>(i) / static_cast<double>(count),
                  runner.seconds_left());
    runner.run(i);
  }
  progress.clear();

  const bench::Baseline baseline = runner.baseline(probe_machine(), utc_now());
  print_results(baseline, options.json == "-" ? std::cerr : std::cout);
  if (json) {
    json->write(bench::to_json(baseline));
    json->commit();
  }
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("bench", "Measure the kernels: check each output, then time it");
  const auto options = std::make_shared<Options>();
  command->add_option("--filter", options->filter, "Only cases whose name matches this ECMAScript regular expression")
      ->type_name("REGEX");
  command->add_option("--arch", options->archs, "Only this arch; may be given several times")->type_name("NAME");
  command
      ->add_option("--threads", options->threads,
                   "Threads of products; may be given several times. By default 1, and for whole models all as well")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--quick", options->quick, "Fewer and shorter samples: the whole suite in seconds");
  command->add_option("--json", options->json, "Write the baseline to this file, - for stdout")->type_name("FILE");
  command->add_option("--weights", options->weights, "Measure on the tensors of this file, not on seeded weights")
      ->type_name("FILE.safetensors");
  command->footer(
      "The last columns compare with what this machine's measured bandwidth allows at the case's working set and, for\n"
      "products, with the measured int8 multiply-accumulate peak of the arch; the roof is the slower of the two.\n\n"
      "Examples:\n"
      "  trilane bench --quick\n"
      "  trilane bench --filter '^quantize/i2_s' --arch avx2 --arch scalar\n"
      "  trilane bench --filter '^model' --threads 1 --threads 2\n"
      "  trilane bench --json out/native.json");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
