#include "bench/compare.hpp"

#include <future>
#include <memory>
#include <utility>

#include "bench/baseline.hpp"
#include "native/commands.hpp"
#include "native/comparison_output.hpp"
#include "native/effect_options.hpp"
#include "native/input.hpp"
#include "native/store.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int not_comparable = 3;
constexpr int unreadable = 4;

struct Options {
  std::string a;
  std::string b;
  std::string baseline;  ///< the name of A in the store, instead of its file
  std::string store = default_store;
  bench::CompareOptions compare;
  ComparisonOutput output;
  EffectOptions effects;
};

int status_of(const Error& error) { return error.code() == ErrorCode::invalid_argument ? not_comparable : unreadable; }

bench::Baseline read(const std::string& path) { return bench::parse_baseline(read_text(path), path); }

/// Both baselines, at the same time: reading them is most of the work. Of two errors the one with the higher exit status is
/// thrown.
std::pair<bench::Baseline, bench::Baseline> read_both(const Options& options) {
  if (!options.baseline.empty()) {
    bench::Baseline b = read(options.b);
    bench::Baseline a = find_in_store(options.store, options.baseline, b);
    return {std::move(a), std::move(b)};
  }
  // Where no thread is to be had it is read by get().
  std::future<bench::Baseline> b =
      std::async(std::launch::async | std::launch::deferred, [&] { return read(options.b); });
  try {
    bench::Baseline a = read(options.a);
    return {std::move(a), b.get()};
  } catch (const Error& error) {
    if (!b.valid()) throw;
    try {
      b.get();
    } catch (const Error& wrong_b) {
      throw status_of(wrong_b) > status_of(error) ? wrong_b : error;
    }
    throw;
  }
}

int compare(Options options) {
  options.compare.effects = compare_options(options.effects).effects;
  const auto [a, b] = read_both(options);
  const bench::Comparison comparison = bench::compare(a, b, options.compare);
  return put_out(options.output, {a, b, comparison, options.compare, options.a, options.b,
                                  basis_of(comparison, options.compare, options.effects.file)});
}

/// With --baseline the one file is B. Throws if the files are not as many as there must be.
void assign_files(Options& options) {
  if (options.baseline.empty()) {
    if (options.b.empty()) throw CLI::RequiredError("B");
    return;
  }
  if (!options.b.empty()) throw CLI::ArgumentMismatch("--baseline NAME takes one file, the new one");
  options.b = std::exchange(options.a, options.baseline);
}

int run(const Options& options) {
  try {
    return compare(options);
  } catch (const Error& error) {
    return put_out_failure(options.output, error, status_of(error));
  } catch (const std::exception& error) {
    return put_out_failure(options.output, error, unreadable);  // no memory, for one: 1 would say that a case regressed
  }
}

}  // namespace

void add_compare(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("compare", "Compare two baselines: outputs first, then times");
  const auto options = std::make_shared<Options>();
  command->add_option("A", options->a, "Baseline JSON, - for stdin")->required()->type_name("A.json");
  command->add_option("B", options->b, "Baseline JSON; none with --baseline")->type_name("B.json");
  CLI::Option* cross =
      command->add_flag("--cross", options->compare.cross, "Across platforms: a view without verdicts");
  command
      ->add_option("--baseline", options->baseline,
                   "Instead of A: the stored baseline of this name that has the fingerprint of B, the one file")
      ->type_name("NAME")
      ->check(&wrong_store_name)
      ->excludes(cross);
  command->add_option("--store", options->store, "The store's folder (default baselines)")->type_name("DIR");
  command->add_flag("--require-all", options->compare.require_all, "A case that one side lacks is an error");
  command->add_flag("--require-verdict", options->compare.require_verdict, "An inconclusive case is an error");
  add_effect_options(*command, options->effects);
  add_comparison_output(*command, options->output);
  command->footer(
      std::string(comparison_formats) +
      "\n\nA ratio below 1 means that B is faster.\n\n"
      "Exit status, the first that applies: 4 wrong usage or a file that cannot be read · 3 not comparable "
      "(fingerprint,\n"
      "schema, suite, digest; with --require-all a missing case) · 1 a case regressed · 2 a case is inconclusive, "
      "only\n"
      "with --require-verdict · 0\n\n"
      "Examples:\n"
      "  trilane compare before.json after.json\n"
      "  trilane compare --baseline main after.json\n"
      "  trilane compare --min-effect 3 --require-verdict before.json after.json\n"
      "  trilane compare --cross out/native.json out/chromium.json\n"
      "  trilane compare --cross --format markdown out/native.json out/chromium.json > table.md");
  command->callback([options, &status] {
    assign_files(*options);
    require_formats_for(options->compare, options->output);
    require_places(options->output, {}, false);
    status = run(*options);
  });
}

}  // namespace trilane::cli
