#include "bench/compare.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "bench/baseline.hpp"
#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int not_comparable = 3;
constexpr int unreadable = 4;

struct Options {
  std::string a;
  std::string b;
  bench::CompareOptions compare;
  std::string format = "table";
  double min_effect = 2;  ///< percent
  std::string min_effects;
};

std::string interval(const bench::Estimate& ratio) { return fixed(ratio.lower, 3) + " … " + fixed(ratio.upper, 3); }

std::string share(const std::optional<double>& share) { return share ? percent(*share) : ""; }

Table cross_table(const bench::Comparison& comparison) {
  Table table({{"case"},
               {"A"},
               {"elements/s", Align::right},
               {"of roof", Align::right},
               {"B"},
               {"elements/s", Align::right},
               {"of roof", Align::right},
               {"time B/A", Align::right},
               {"95 % interval", Align::right}});
  for (const bench::Pair& pair : comparison.pairs) {
    table.add({pair.name + (pair.fastest ? "" : " (same arch)"), pair.a->arch, rate(pair.a->elements_per_s()),
               share(pair.share_a), pair.b->arch, rate(pair.b->elements_per_s()), share(pair.share_b),
               fixed(pair.ratio.point, 2), interval(pair.ratio)});
  }
  return table;
}

Table verdict_table(const bench::Comparison& comparison) {
  Table table({{"case"},
               {"arch"},
               {"A", Align::right},
               {"B", Align::right},
               {"time B/A", Align::right},
               {"interval", Align::right},
               {"verdict"}});
  for (const bench::Pair& pair : comparison.pairs) {
    table.add({pair.name, pair.a->arch, duration(pair.a->estimates.median.point),
               duration(pair.b->estimates.median.point), fixed(pair.ratio.point, 3), interval(pair.ratio),
               std::string(name(pair.verdict))});
  }
  return table;
}

std::string cases(std::size_t count) { return std::to_string(count) + (count == 1 ? " case" : " cases"); }

/// How the verdicts came about.
void print_basis(const bench::Comparison& comparison, const Options& options) {
  const std::size_t too_few = comparison.pairs.size() - comparison.judged;
  if (comparison.judged > 0) {
    const auto judged = static_cast<double>(comparison.judged);
    std::cout << "\n"
              << cases(comparison.judged) << " judged: a change counts from " << options.min_effect << " % on"
              << (options.min_effects.empty() ? "" : ", or what " + printable(options.min_effects) + " says")
              << ". The intervals hold all at once with 95 %, each alone with "
              << fixed(100 - 100 * (1 - bench::confidence_level) / judged, judged > 50 ? 4 : 2) << " %.\n";
  }
  if (too_few > 0) {
    std::cout << "\n"
              << cases(too_few) << " with fewer than 5 launches on a side (trilane bench --launches 10): "
              << "95 % intervals, no verdict.\n";
  }
}

void list(const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::cout << "\n" << what << ":\n";
  for (const std::string& one : names) std::cout << "- " << printable(one) << "\n";
}

int status_of(const Error& error) { return error.code() == ErrorCode::invalid_argument ? not_comparable : unreadable; }

bench::Baseline read(const std::string& path) { return bench::parse_baseline(read_text(path), path); }

/// Both baselines. Of two errors the one with the higher exit status is thrown.
std::pair<bench::Baseline, bench::Baseline> read_both(const Options& options) {
  bench::Baseline b;
  std::optional<Error> wrong_b;
  try {
    b = read(options.b);
  } catch (const Error& error) {
    wrong_b = error;
  }
  try {
    bench::Baseline a = read(options.a);
    if (wrong_b) throw Error(*wrong_b);
    return {std::move(a), std::move(b)};
  } catch (const Error& error) {
    throw wrong_b && status_of(*wrong_b) > status_of(error) ? *wrong_b : error;
  }
}

int print(Options options) {
  if (!options.min_effects.empty()) {
    options.compare.effects = bench::parse_minimum_effects(read_text(options.min_effects), options.min_effects);
  }
  options.compare.effects.otherwise = options.min_effect / 100;
  const auto [a, b] = read_both(options);
  const bench::Comparison comparison = bench::compare(a, b, options.compare);
  const int status = comparison.exit_code(options.compare);
  if (options.format == "json") {
    std::cout << bench::to_json(comparison, options.compare);
    return status;
  }
  if (!comparison.digest_errors.empty()) {
    std::cout << "Outputs differ, so times mean nothing:\n";
    for (const std::string& one : comparison.digest_errors) std::cout << "- " << printable(one) << "\n";
    return status;
  }
  const auto known = [](const std::optional<std::string>& text) { return text.value_or("unknown"); };
  for (const auto& [side, baseline] : {std::pair("A", &a), std::pair("B", &b)}) {
    const bench::Environment& where = baseline->environment;
    std::cout << side << ": " << where.platform << ", " << known(where.cpu.model) << ", " << known(where.os)
              << (where.engine ? ", " + where.engine->name + " " + where.engine->version : "") << "\n";
  }
  std::cout << "Digests: all outputs equal.\n\n";
  const Table table = options.compare.cross ? cross_table(comparison) : verdict_table(comparison);
  options.format == "markdown" ? table.print_markdown(std::cout) : table.print(std::cout);
  if (!options.compare.cross) print_basis(comparison, options);
  list("Only in A", comparison.only_a);
  list("Only in B", comparison.only_b);
  return status;
}

int run(const Options& options) {
  try {
    return print(options);
  } catch (const Error& error) {
    return complain(error.what(), status_of(error));
  }
}

}  // namespace

void add_compare(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("compare", "Compare two baselines: outputs first, then times");
  const auto options = std::make_shared<Options>();
  command->add_option("A", options->a, "Baseline JSON, - for stdin")->required()->type_name("A.json");
  command->add_option("B", options->b, "Baseline JSON")->required()->type_name("B.json");
  command->add_flag("--cross", options->compare.cross, "Across platforms: a view without verdicts");
  command->add_flag("--require-all", options->compare.require_all, "A case that one side lacks is an error");
  command->add_flag("--require-verdict", options->compare.require_verdict, "An inconclusive case is an error");
  command
      ->add_option("--min-effect", options->min_effect,
                   "The smallest change that counts (default 2): regressed or improved is beyond it; pass excludes a "
                   "slowdown of 2.5 times as much")
      ->type_name("PERCENT")
      ->check([](const std::string& text) {
        double percent = 0;
        const bool right = CLI::detail::lexical_cast(text, percent) && bench::is_effect_percent(percent);
        return right ? std::string() : "'" + text + "' is no percent above 0 and up to 100";
      });
  command
      ->add_option("--min-effects", options->min_effects,
                   "The same by case: a JSON object of regular expressions and percents; the last that matches counts")
      ->type_name("FILE.json");
  command->add_option("--format", options->format, "table, markdown or json")
      ->check(CLI::IsMember({"table", "markdown", "json"}));
  command->footer(
      "A ratio below 1 means that B is faster.\n\n"
      "Exit status, the first that applies: 4 wrong usage or a file that cannot be read · 3 not comparable "
      "(fingerprint,\n"
      "schema, suite, digest; with --require-all a missing case) · 1 a case regressed · 2 a case is inconclusive, "
      "only\n"
      "with --require-verdict · 0\n\n"
      "Examples:\n"
      "  trilane compare before.json after.json\n"
      "  trilane compare --min-effect 3 --require-verdict before.json after.json\n"
      "  trilane compare --cross out/native.json out/chromium.json\n"
      "  trilane compare --cross --format markdown out/native.json out/chromium.json > table.md");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
