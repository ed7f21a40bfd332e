#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <sstream>

#include "bench/calibration.hpp"
#include "bench/digest.hpp"
#include "bench/merge.hpp"
#include "bench/order.hpp"
#include "bench/runner.hpp"
#include "native/commands.hpp"
#include "native/cores.hpp"
#include "native/file_system.hpp"
#include "native/input.hpp"
#include "native/journal.hpp"
#include "native/launch.hpp"
#include "native/machine.hpp"
#include "native/otlp.hpp"
#include "native/output.hpp"
#include "native/signals.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

struct Options {
  std::string filter;
  std::vector<std::string> archs;
  std::vector<unsigned> threads;
  bool quick = false;
  std::string json;
  std::string weights;
  unsigned launches = 1;
  std::string journal;
  std::string otlp_endpoint;
  std::optional<std::uint32_t> order;  ///< seed; none: as listed
  bool no_calibration = false;
  bool is_launch = false;  ///< one of several: no table, progress goes to who started it
};

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string instructions_an_element(const bench::Benchmark& one) {
  return one.counters ? fixed(one.counters->instructions / static_cast<double>(one.elements), 3) : "";
}

/// Says once why no case has counts; nothing if one has.
void explain_missing_counts(const bench::Baseline& baseline, const std::string& why_no_counters, std::ostream& to) {
  bool any_on_one_thread = false;
  for (const bench::Benchmark& one : baseline.benchmarks) {
    if (one.counters) return;
    any_on_one_thread = any_on_one_thread || one.threads == 1;
  }
  to << "No instruction counts: "
     << (!why_no_counters.empty() ? why_no_counters
         : any_on_one_thread      ? "another program holds the processor's counters"
                                  : "only cases on one thread are counted")
     << ".\n";
}

void print_results(const bench::Baseline& baseline, const std::string& why_no_counters, std::ostream& to) {
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
               {"roof"},
               {"instr/element", Align::right}});
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
                                      : "bandwidth",
               instructions_an_element(one)});
  }
  table.drop_last_if_empty();
  table.print(to);
  for (const bench::Benchmark& one : baseline.benchmarks) {
    if (const auto tokens = one.tokens_per_s()) {
      to << one.name << ", " << one.arch << ": its kernels bound it to " << fixed(*tokens, 1) << " tokens/s\n";
    }
  }
  explain_missing_counts(baseline, why_no_counters, to);
}

// What a launch tells who started it: "share seconds_left what", with - for seconds that are not known.

struct Step {
  double share = 0;
  std::optional<double> seconds_left;
  std::string now;
};

void report_step(const std::string& now, double share, std::optional<double> seconds_left) {
  const std::string line =
      std::to_string(share) + " " + (seconds_left ? std::to_string(*seconds_left) : "-") + " " + printable(now) + "\n";
  if (write(progress_descriptor, line.data(), line.size()) < 0) {
    throw Error(ErrorCode::io, std::string("who started this launch is gone: ") + std::strerror(errno));
  }
}

Step parse_step(const std::string& line) {
  std::istringstream in(line);
  Step step;
  std::string seconds;
  in >> step.share >> seconds >> std::ws;
  if (seconds != "-") step.seconds_left = std::strtod(seconds.c_str(), nullptr);
  std::getline(in, step.now);
  return step;
}

using OnStep = std::function<void(const std::string& now, double share, std::optional<double> seconds_left)>;

/// The suite in this process.
bench::Baseline run_here(const Options& options, bench::Runner& runner, Progress& progress, OtlpSender* collector) {
  const OnStep on_step = [&](const std::string& now, double share, std::optional<double> seconds_left) {
    options.is_launch ? report_step(now, share, seconds_left) : progress.show(now, share, seconds_left);
  };
  if (!options.no_calibration) {
    // A launch's share is of its cases alone: what is shown over all launches never goes back.
    runner.calibrate(bench::all_threads(),
                     [&](double share) { on_step("calibrating", options.is_launch ? 0 : share, std::nullopt); });
  }
  const std::size_t count = runner.cases().size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (options.order) order = bench::shuffled(count, *options.order);
  const bench::Environment machine = probe_machine();
  bench::Baseline just_done = runner.baseline(machine, "");
  const Cores cores;
  for (std::size_t done = 0; done < count; ++done) {
    const bench::Case& next = runner.cases()[order[done]];
    on_step(next.name + ", " + std::string(next.arch.name()), static_cast<double>(done) / static_cast<double>(count),
            runner.seconds_left());
    // Launches of one seed, as the two of a pair are, then run on one core; those of --launches are to differ as launches do.
    if (options.order && !options.is_launch && next.input.threads == 1) cores.keep_to(*options.order);
    const bench::Benchmark& result = runner.run(order[done]);
    cores.release();
    if (collector != nullptr) {
      just_done.created = utc_now();
      just_done.benchmarks = {result};
      collector->send(just_done);
    }
  }
  return runner.baseline(machine, utc_now());
}

/// What a launch is told. The first one calibrates for all: a calibration takes as long as many cases.
std::vector<std::string> arguments_of_launch(const Options& options, unsigned index) {
  std::vector<std::string> arguments = {"bench", "--json=-", "--is-launch",
                                        "--order=" + std::to_string(options.order.value_or(1) + index)};
  if (index > 0) arguments.emplace_back("--no-calibration");
  if (options.no_calibration && index == 0) arguments.emplace_back("--no-calibration");
  if (options.quick) arguments.emplace_back("--quick");
  if (!options.filter.empty()) arguments.push_back("--filter=" + options.filter);
  if (!options.weights.empty()) arguments.push_back("--weights=" + options.weights);
  for (const std::string& arch : options.archs) arguments.push_back("--arch=" + arch);
  for (const unsigned threads : options.threads) arguments.push_back("--threads=" + std::to_string(threads));
  return arguments;
}

bench::Baseline baseline_of_launch(const std::string& text, const std::string& name) {
  try {
    return bench::parse_baseline(text, name);
  } catch (const Error& error) {
    throw Error(ErrorCode::io, std::string("a launch wrote no baseline: ") + error.what());
  }
}

/// What launches must have in common to be one run.
nlohmann::ordered_json journal_header(const Options& options, const bench::SuiteOptions& suite) {
  const Input binary("/proc/self/exe");  // the commit alone does not tell what a changed tree was built to
  const bench::Environment machine = probe_machine();
  const bench::Build build = bench::this_build();
  return {{"work", "bench"},
          {"version", build.version},
          {"commit", build.commit},
          {"binary", bench::digest(binary.size(), reader_of(binary))},
          {"machine", bench::fingerprint_of(machine, build).value_or("unknown")},
          {"filter", options.filter},
          {"archs", options.archs},
          {"threads", options.threads},
          {"quick", options.quick},
          {"calibration", !options.no_calibration},
          {"order", options.order.value_or(1)},
          {"weights", suite.weights == nullptr ? "" : suite.weights->digest}};
}

/// The journal that is asked for, if one is, with the launches that it holds already.
std::unique_ptr<Journal> open_journal(const Options& options, const bench::SuiteOptions& suite) {
  if (options.journal.empty()) return nullptr;
  auto journal = std::make_unique<Journal>(options.journal, journal_header(options, suite));
  const std::size_t held = journal->entries().size();
  if (held > options.launches) {
    throw Error(ErrorCode::bad_file, options.journal + " holds " + std::to_string(held) +
                                         " launches: ask for as many, or begin another journal");
  }
  if (held > 0) {
    std::cerr << "trilane: " << held << " of " << options.launches << " launches are in " << printable(options.journal)
              << "\n";
  }
  say_when_interrupted("trilane: interrupted; the journal has the launches that ended: the same command goes on\n");
  return journal;
}

std::string run_launch(const std::string& name, const std::vector<std::string>& arguments, const Journal* journal,
                       const std::function<void(const std::string&)>& on_progress) {
  try {
    return launch(name, arguments, on_progress);
  } catch (const Error& error) {
    if (journal == nullptr) throw;
    throw Error(error.code(), std::string(error.what()) + "; " + journal->path() +
                                  " has the launches that ended: the same command goes on");
  }
}

/// The suite in so many fresh processes, one after the other, each in another order.
bench::Baseline run_launches(const Options& options, Journal* journal, Progress& progress, OtlpSender* collector) {
  using Clock = std::chrono::steady_clock;
  std::vector<bench::Baseline> baselines;
  const double count = options.launches;
  const auto held = static_cast<unsigned>(journal != nullptr ? journal->entries().size() : 0);
  const auto start = Clock::now();
  for (unsigned index = 0; index < options.launches; ++index) {
    const std::string name = "launch " + std::to_string(index + 1) + " of " + std::to_string(options.launches);
    if (index < held) {
      baselines.push_back(bench::parse_baseline(journal->entries()[index], journal->path() + ", " + name));
      continue;
    }
    const auto launch_start = Clock::now();
    const auto on_progress = [&](const std::string& line) {
      const Step step = parse_step(line);
      std::optional<double> left;
      if (step.seconds_left) {
        // Those to come take as long as those that ended, or as this one: all but the first without calibrating.
        const std::chrono::duration<double> ended = launch_start - start;
        const std::chrono::duration<double> here = Clock::now() - launch_start;
        const double one = index > held ? ended.count() / (index - held) : here.count() + *step.seconds_left;
        left = *step.seconds_left + one * (count - 1 - index);
      }
      progress.show(name + " · " + step.now, (index + step.share) / count, left);
    };
    const std::string text = run_launch(name, arguments_of_launch(options, index), journal, on_progress);
    baselines.push_back(baseline_of_launch(text, name));
    if (journal != nullptr) journal->append(text);
    if (collector != nullptr) collector->send(baselines.back());
  }
  return bench::merge(baselines);
}

/// A launch reads the file anew, which a pipe gives but once.
void require_rereadable(const std::string& path) {
  std::error_code ignored;
  if (path == "-" || std::filesystem::is_fifo(path, ignored)) {
    throw Error(ErrorCode::bad_file,
                "each launch reads --weights anew, so --launches needs them in a file, not '" + path + "'");
  }
}

int run(const Options& options) {
  const bool in_launches = options.launches > 1 || !options.journal.empty();
  std::optional<Input> file;
  std::optional<bench::WeightsFile> weights;
  if (!options.weights.empty()) {
    if (in_launches) require_rereadable(options.weights);
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
  const bool is_stdout = options.json == "-" || is_open_as(options.json, STDOUT_FILENO);
  require_apart({{"--json", is_stdout ? "" : options.json}, {"--journal", options.journal}});
  std::optional<Output> json;
  if (!options.json.empty()) json.emplace(options.json);  // a place that cannot be written is known before the work
  const std::unique_ptr<Journal> journal = open_journal(options, suite);

  Progress progress("bench");
  std::optional<OtlpSender> collector;
  if (!options.otlp_endpoint.empty()) collector.emplace(options.otlp_endpoint, progress);
  OtlpSender* const sender = collector ? &*collector : nullptr;

  const bench::Baseline baseline = in_launches ? run_launches(options, journal.get(), progress, sender)
                                               : run_here(options, runner, progress, sender);
  if (collector) collector->finish();
  progress.clear();
  std::ostream& to = json ? json->words() : std::cout;
  if (!options.is_launch) print_results(baseline, runner.why_no_counters(), to);
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
  command
      ->add_option("--filter", options->filter, "Only cases in whose name this ECMAScript regular expression is found")
      ->type_name("REGEX");
  command->add_option("--arch", options->archs, "Only this arch; may be given several times")->type_name("NAME");
  command
      ->add_option("--threads", options->threads,
                   "Threads of products; may be given several times. By default 1, and for whole models all as well")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--quick", options->quick, "Fewer and shorter samples: the whole suite in a minute or two");
  command->add_option("--json", options->json, "Write the baseline to this file, - for stdout")->type_name("FILE");
  command->add_option("--weights", options->weights, "Measure on the tensors of this file, not on seeded weights")
      ->type_name("FILE.safetensors");
  command
      ->add_option("--launches", options->launches,
                   "Measure in N fresh processes, each with the cases in another order, and merge (default 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  command
      ->add_option("--journal", options->journal,
                   "Keep each launch in this file as it ends; a run that did not end well goes on from there")
      ->type_name("FILE");
  command
      ->add_option("--otlp-endpoint", options->otlp_endpoint,
                   "Send each result to this OpenTelemetry collector as it is there, never while a sample is taken")
      ->type_name("URL");
  command
      ->add_option(
          "--order", options->order,
          "Shuffle the cases by this seed, as the bench page does, and keep those of one thread on the core of "
          "this number, counted around; --launches take SEED, SEED + 1 …, by default from 1 on, on any core")
      ->type_name("SEED");
  command->add_flag("--no-calibration", options->no_calibration, "Do not measure what the machine can do: no roofs");
  command->add_flag("--is-launch", options->is_launch)->group("");  // how --launches calls this program
  command->footer(
      "A launch is a process. Verdicts of `trilane compare` need 5 launches a side; 10 find a slowdown of 5 % nearly "
      "always.\n"
      "The first launch calibrates for all.\n\n"
      "With --journal the same command goes on where a run was interrupted or a launch died: launches in FILE are not\n"
      "measured again. More --launches than FILE holds adds to them. FILE of another command, binary or machine is "
      "refused.\n\n"
      "--otlp-endpoint takes http://HOST[:PORT][/PATH], the path by default /v1/metrics. With --launches a launch's "
      "results are\n"
      "sent when it has ended. A collector that is away is said on stderr, and does not change the exit status.\n\n"
      "The last columns compare with what this machine's measured bandwidth allows at the case's working set and, for\n"
      "products, with the measured int8 multiply-accumulate peak of the arch; the roof is the slower of the two.\n"
      "Where Linux lends the processor's counters (perf events), the user-space instructions an element of cases on "
      "one\n"
      "thread stand behind them; else a line says why not.\n\n"
      "Examples:\n"
      "  trilane bench --quick\n"
      "  trilane bench --filter '^quantize/i2_s' --arch avx2 --arch scalar\n"
      "  trilane bench --filter '^model' --threads 1 --threads 2\n"
      "  trilane bench --launches 10 --json out/native.json\n"
      "  trilane bench --launches 20 --journal out/launches.jsonl --json out/native.json\n"
      "  trilane bench --otlp-endpoint http://localhost:4318/v1/metrics\n\n"
      "Exit status: 0 done · 1 the work failed: a launch died, a full disk · 4 wrong usage, or a file that cannot be "
      "used ·\n"
      "130, 143 ended by SIGINT, SIGTERM: outputs are as before, the journal keeps the launches that ended.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
