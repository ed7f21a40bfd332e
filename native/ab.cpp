#include "bench/ab.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench/expression.hpp"
#include "native/commands.hpp"
#include "native/comparison_output.hpp"
#include "native/effect_options.hpp"
#include "native/launch_options.hpp"
#include "native/output.hpp"
#include "native/side_by_side.hpp"
#include "native/signals.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int not_comparable = 3;
constexpr int wrong_usage = 4;

struct Options {
  std::string base;
  std::string changed;
  std::size_t most_pairs = 0;  ///< 0: as many as the budget allows
  LaunchOptions launches;
  bool require_all = false;
  bool require_verdict = false;
  EffectOptions effects;
  std::string journal;
  std::string save_base;
  std::string save_new;
  ComparisonOutput output;
};

/// What must be the same for a journal's pairs to be of this comparison. A longer budget, or a smaller effect, chosen after
/// the verdicts were seen, would be another look, for which nothing of the 5 % is left.
nlohmann::ordered_json experiment_of(const Options& options) {
  return {{"experiment", "trilane ab"},
          {"base", options.base},
          {"new", options.changed},
          {"cases", options.launches.cases},
          {"seed", options.launches.seed},
          {"on_request", options.launches.on_request},
          {"budget_s", options.launches.budget_s},
          {"pairs", options.most_pairs},
          {"min_effect", options.effects.percent},
          {"min_effects", options.effects.file}};
}

bench::AbOptions ab_options(const Options& options) {
  bench::AbOptions ab;
  ab.compare = compare_options(options.effects);
  ab.compare.require_all = options.require_all;
  ab.compare.require_verdict = options.require_verdict;
  ab.budget_s = options.launches.budget_s;
  if (options.most_pairs > 0) ab.most_pairs = options.most_pairs;
  return ab;
}

/// How the verdicts came about, a paragraph a line.
std::string basis_of(const bench::Ab& ab, const Options& options, double seconds, bool outputs_differ) {
  const auto count = [](std::size_t n, const char* what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  std::string text =
      count(ab.pairs(), "pair") + " of launches, " + count(ab.cases(), "case") + ", " + duration(1e9 * seconds) +
      ": a launch counts by its fastest sample; a change counts from " + fixed(options.effects.percent, 1) + " % on" +
      (options.effects.file.empty() ? "" : ", or what " + options.effects.file + " says") +
      ", and if a second measurement confirms it: its ratio is beyond that, too, and its interval beside "
      "1. The intervals of each measurement hold all at once, "
      "however often one looked, with 95 %.";
  if (ab.pairs() < bench::least_launches && !outputs_differ) {
    text += "\nThe budget of " + duration(1e9 * options.launches.budget_s) + " was too short for the " +
            std::to_string(bench::least_launches) + " pairs that a verdict needs: give --budget " +
            fixed(std::max(10.0, 10 * std::ceil(seconds / static_cast<double>(ab.pairs()))), 0) + " or more.";
  }
  return text;
}

void save(const std::string& path, const bench::Baseline& baseline) {
  if (path.empty()) return;
  Output output(path);
  output.write(bench::to_json(baseline));
  output.commit();
}

int compare_both(const Options& options) {
  // A command that stays may have expressions of another grammar.
  if (!options.launches.on_request) (void)bench::Expression(options.launches.cases);
  const bench::AbOptions how = ab_options(options);
  bench::Ab ab(how);
  Launcher base("base", options.base, options.launches.on_request, options.launches.timeout_s);
  Launcher changed("new", options.changed, options.launches.on_request, options.launches.timeout_s);
  std::optional<Journal> journal;
  if (!options.journal.empty()) journal.emplace(options.journal, experiment_of(options));
  say_when_interrupted(journal
                           ? "trilane: interrupted; the journal has the pairs that ended: the same command goes on\n"
                           : "trilane: interrupted; nothing was written: with --journal it could go on\n");
  Progress progress("ab");
  progress.show("the first pair", 0, options.launches.budget_s);
  constexpr double pairs_wanted = 10;  // with fewer a slowdown of 5 % is mostly inconclusive
  double seconds = 0;
  measure_side_by_side(
      ab, base, changed,
      {options.launches.cases, options.launches.seed, journal ? &*journal : nullptr,
       [&](const bench::Ab& now, double spent_s) {
         seconds = spent_s;
         const double affordable = std::floor(options.launches.budget_s / spent_s);
         if (now.pairs() == 1 && affordable < pairs_wanted && !now.done()) {
           progress.clear();
           complain("a pair takes " + duration(1e9 * spent_s) + ", so the budget of " +
                        duration(1e9 * options.launches.budget_s) + " is good for about " + fixed(affordable, 0) +
                        " pairs; 10 and more can tell something: give a longer --budget, or fewer --cases",
                    0);
         }
         progress.show(std::to_string(now.pairs()) + " pairs · " + std::to_string(now.open()) + " of " +
                           std::to_string(now.cases()) + (now.confirms() ? " cases confirming" : " cases open"),
                       std::min(1.0, spent_s / options.launches.budget_s),
                       std::max(0.0, options.launches.budget_s - spent_s));
       }});
  progress.clear();
  const bench::Baseline a = ab.base();
  const bench::Baseline b = ab.changed();
  const bench::Comparison comparison = ab.comparison(a, b);
  save(options.save_base, a);
  save(options.save_new, b);
  const auto name_of = [](const char* side, const bench::Baseline& baseline) {
    return side + (baseline.build.commit.empty() ? "" : " (" + baseline.build.commit + ")");
  };
  return put_out(options.output, {a, b, comparison, how.compare, name_of("base", a), name_of("new", b),
                                  basis_of(ab, options, seconds, !comparison.digest_errors.empty())});
}

int run(const Options& options) {
  try {
    return compare_both(options);
  } catch (const Error& error) {
    return put_out_failure(options.output, error,
                           error.code() == ErrorCode::corrupt_data ? not_comparable : wrong_usage);
  } catch (const std::exception& error) {
    return put_out_failure(options.output, error,
                           wrong_usage);  // no memory, for one: 1 would say that a case regressed
  }
}

}  // namespace

void add_ab(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("ab", "Measure two builds side by side and judge what changed");
  const auto options = std::make_shared<Options>();
  command->add_option("--base", options->base, "A shell command that makes a launch of the old build")
      ->required()
      ->type_name("CMD");
  command->add_option("--new", options->changed, "The same of the new build")->required()->type_name("CMD");
  add_launch_options(
      *command, options->launches,
      "Seconds for all pairs, the confirming ones included (default 60); ends sooner when all is settled");
  command
      ->add_option("--pairs", options->most_pairs, "At most so many pairs in each of the two measurements, 5 or more")
      ->type_name("N")
      ->check(CLI::Range(static_cast<int>(bench::least_launches), 1000000));
  add_effect_options(*command, options->effects);
  command->add_flag("--require-all", options->require_all, "A case that one side lacks is an error");
  command->add_flag("--require-verdict", options->require_verdict, "An inconclusive case is an error");
  command
      ->add_option("--journal", options->journal,
                   "Keep each pair in this file; those that it holds already are not measured again")
      ->type_name("FILE");
  command->add_option("--save-base", options->save_base, "Write the old build's baseline, all launches in one")
      ->type_name("FILE.json");
  command->add_option("--save-new", options->save_new, "The same of the new build")->type_name("FILE.json");
  add_comparison_output(*command, options->output);
  command->footer(
      std::string(comparison_formats) +
      "\n\nA launch is any command that writes a baseline of one launch to stdout. It finds TRILANE_SEED, the seed of "
      "the order of\n"
      "its cases, and TRILANE_CASES, a regular expression of those that are still wanted, in its environment. With\n"
      "--on-request it stays: each line on its stdin is a JSON {\"seed\": 1, \"cases\": \"…\"}, each answer on its\n"
      "stdout one line, a baseline or {\"error\": \"…\"}. Before a pair's requests comes {\"prepare\": {\"seed\": "
      "1, …}},\n"
      "which any line answers: both get ready at once, then measure one after the other.\n\n"
      "Launches alternate in shuffled order. A case that changed is measured again, and counts if that confirms it.\n\n"
      "Exit status, the first that applies: 4 wrong usage, or a file that cannot be read or written · 3 not "
      "comparable: "
      "a launch\n"
      "failed, or outputs or suites differ (with --require-all a missing case) · 1 a case regressed · 2 a case is\n"
      "inconclusive, only with --require-verdict · 0\n\n"
      "Examples:\n"
      "  trilane ab --cases '^gemv/' --base 'old/trilane bench --quick --no-calibration --order $TRILANE_SEED\n"
      "      --filter \"$TRILANE_CASES\" --json -' --new 'build/native/trilane bench …'\n"
      "  trilane ab --on-request --base 'web/node_modules/.bin/node web/runner/main.ts --on-request --quick "
      "--no-calibration --site old'\n"
      "      --new 'web/node_modules/.bin/node web/runner/main.ts --on-request --quick --no-calibration' --report "
      "markdown=comment.md");
  command->callback([options, &status] {
    require_places(
        options->output,
        {{"--journal", options->journal}, {"--save-base", options->save_base}, {"--save-new", options->save_new}});
    status = run(*options);
  });
}

}  // namespace trilane::cli
