#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench/noise.hpp"
#include "native/commands.hpp"
#include "native/effect_options.hpp"
#include "native/file_system.hpp"
#include "native/input.hpp"
#include "native/journal.hpp"
#include "native/launch_options.hpp"
#include "native/output.hpp"
#include "native/side_by_side.hpp"
#include "native/signals.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string command;
  unsigned runs = 10;
  LaunchOptions launches;
  EffectOptions effects;
  std::string journal;
  std::string into;
  std::string format = "table";
};

/// What must be the same for runs to be of one experiment.
Json experiment_of(const Options& options) {
  return {{"experiment", "trilane aa"},
          {"command", options.command},
          {"cases", options.launches.cases},
          {"budget_s", options.launches.budget_s},
          {"on_request", options.launches.on_request},
          {"min_effect", options.effects.percent},
          {"min_effects", options.effects.file}};
}

struct Run {
  std::optional<std::string> fingerprint;  ///< of where it was made
  std::vector<bench::SelfVerdict> verdicts;
};

std::string to_line(const Run& run) {
  Json line = Json::array();
  for (const bench::SelfVerdict& one : run.verdicts) {
    line.push_back({{"case", one.name},
                    {"arch", one.arch},
                    {"verdict", name(one.verdict)},
                    {"pairs", one.pairs},
                    {"ratio", one.ratio},
                    {"detectable", one.detectable}});
  }
  return Json{{"fingerprint", run.fingerprint ? Json(*run.fingerprint) : Json()}, {"verdicts", line}}.dump();
}

bench::Verdict verdict_named(const std::string& wanted) {
  for (const bench::Verdict one : bench::all_verdicts) {
    if (name(one) == wanted) return one;
  }
  return bench::Verdict::inconclusive;
}

Run from_line(const std::string& text, const std::string& path) {
  try {
    const Json line = Json::parse(text);
    Run run;
    if (!line.at("fingerprint").is_null()) run.fingerprint = line.at("fingerprint").get<std::string>();
    for (const Json& one : line.at("verdicts")) {
      run.verdicts.push_back({one.at("case"), one.at("arch"), verdict_named(one.at("verdict")), one.at("pairs"),
                              one.at("ratio"), one.at("detectable")});
    }
    return run;
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_file, path + " holds a line that is no run of trilane aa");
  }
}

Run one_run(const Options& options, unsigned run, std::size_t known) {
  bench::AbOptions ab_options;
  ab_options.compare = compare_options(options.effects);
  ab_options.budget_s = options.launches.budget_s;
  bench::Ab ab(ab_options);
  Launcher left("first", options.command, options.launches.on_request, options.launches.timeout_s);
  Launcher right("second", options.command, options.launches.on_request, options.launches.timeout_s);
  Progress progress("aa");
  const std::string label = "run " + std::to_string(run + 1) + " of " + std::to_string(options.runs) + " · ";
  SideBySide how;
  how.cases = options.launches.cases;
  how.seed = options.launches.seed + 1000 * run;
  how.on_pair = [&](const bench::Ab& now, double seconds) {
    const double here = std::min(1.0, seconds / options.launches.budget_s);
    progress.show(label + std::to_string(now.pairs()) + " pairs · " + std::to_string(now.open()) + " of " +
                      std::to_string(now.cases()) + " cases open, " + std::to_string(known) + " verdicts so far",
                  (run + here) / options.runs, (options.runs - run - here) * options.launches.budget_s);
  };
  measure_side_by_side(ab, left, right, how);
  progress.clear();
  const bench::Baseline a = ab.base();
  const bench::Baseline b = ab.changed();
  const bench::Comparison comparison = ab.comparison(a, b);
  if (!comparison.digest_errors.empty()) {
    throw Error(ErrorCode::corrupt_data, "the output of '" + comparison.digest_errors.front() +
                                             "' differs from one launch to the next; its times mean nothing");
  }
  return {a.environment.fingerprint, bench::self_verdicts(comparison)};
}

Json to_json(const bench::Noise& noise, const std::vector<bench::SelfVerdict>& verdicts, unsigned runs) {
  const auto known = [&](double value) { return noise.verdicts > 0 ? Json(value) : Json(); };
  Json alarms = Json::array();
  for (const bench::SelfVerdict& one : verdicts) {
    if (!is_change(one.verdict)) continue;
    alarms.push_back({{"case", one.name}, {"arch", one.arch}, {"verdict", name(one.verdict)}, {"ratio", one.ratio}});
  }
  return {{"runs", runs},
          {"verdicts", noise.verdicts},
          {"not_judged", verdicts.size() - noise.verdicts},
          {"alarms", noise.alarms},
          {"alarm_rate",
           {{"point_estimate", known(static_cast<double>(noise.alarms) / static_cast<double>(noise.verdicts))},
            {"confidence_interval",
             {{"confidence_level", bench::confidence_level},
              {"lower_bound", noise.alarm_rate().lower},
              {"upper_bound", noise.alarm_rate().upper}}}}},
          {"inconclusive", noise.inconclusive},
          {"detectable_effect", known(noise.detectable)},
          {"detectable_effect_of_nine_in_ten", known(noise.detectable_worst)},
          {"alarmed", alarms}};
}

std::string share(double value) { return fixed(100 * value, 2) + " %"; }

void print(const bench::Noise& noise, const std::vector<bench::SelfVerdict>& verdicts, unsigned runs) {
  std::cout << runs << (runs == 1 ? " run" : " runs") << ", " << noise.verdicts
            << " verdicts on a build compared with itself\n";
  if (noise.verdicts < verdicts.size()) {
    std::cout << "not judged, and not counted: " << verdicts.size() - noise.verdicts
              << ", of which a run had fewer than " << bench::least_launches
              << " pairs: give a longer --budget, or fewer --cases\n";
  }
  if (noise.verdicts == 0) return;
  std::cout << "false alarms (regressed or improved): " << noise.alarms << ", "
            << share(static_cast<double>(noise.alarms) / static_cast<double>(noise.verdicts)) << " (95 % interval "
            << share(noise.alarm_rate().lower) << " … " << share(noise.alarm_rate().upper) << ")\n"
            << "inconclusive: " << noise.inconclusive << "\n"
            << "with the pairs that these took, a slowdown is found nine times in ten from " << share(noise.detectable)
            << " on in half of the cases, from " << share(noise.detectable_worst) << " on in nine of ten\n";
  for (const bench::SelfVerdict& one : verdicts) {
    if (!is_change(one.verdict)) continue;
    std::cout << "- " << printable(one.name) << ", " << printable(one.arch) << ": " << name(one.verdict) << ", ratio "
              << fixed(one.ratio, 3) << "\n";
  }
}

/// Writes the figures into the baseline's file.
void note_in(const std::string& path, const std::vector<Run>& runs, const bench::Noise& noise) {
  bench::Baseline baseline = bench::parse_baseline(read_text(path), path);
  for (const Run& run : runs) {
    if (run.fingerprint == baseline.environment.fingerprint) continue;
    throw Error(
        ErrorCode::invalid_argument,
        "the launches have another fingerprint (machine, platform or compiler) than " + path + ": it is as it was");
  }
  if (noise.verdicts == 0) {
    throw Error(ErrorCode::invalid_argument,
                "no case got the 5 pairs that a verdict needs: give a longer --budget; " + path + " is as it was");
  }
  baseline.noise = noise;
  Output output(path);
  output.write(bench::to_json(baseline));
  output.commit();
}

int run(const Options& options) {
  require_apart({{"--journal", options.journal}, {"--into", options.into}});
  if (!options.into.empty()) {  // known before the work
    (void)bench::parse_baseline(read_text(options.into), options.into);
    require_writable(options.into);
  }
  std::optional<Journal> journal;
  if (!options.journal.empty()) journal.emplace(options.journal, experiment_of(options));
  say_when_interrupted(journal ? "trilane: interrupted; the journal has the runs that ended: the same command goes on\n"
                               : "trilane: interrupted; nothing was written: with --journal it could go on\n");
  std::vector<Run> runs;
  if (journal) {
    for (const std::string& line : journal->entries()) runs.push_back(from_line(line, options.journal));
  }
  std::vector<bench::SelfVerdict> verdicts;
  const auto count = [&](const Run& run) { verdicts.insert(verdicts.end(), run.verdicts.begin(), run.verdicts.end()); };
  for (const Run& run : runs) count(run);
  while (runs.size() < options.runs) {
    runs.push_back(one_run(options, static_cast<unsigned>(runs.size()), verdicts.size()));
    if (journal) journal->append(to_line(runs.back()));
    count(runs.back());
  }
  const bench::Noise noise = bench::noise_of(verdicts);
  const auto done = static_cast<unsigned>(runs.size());
  options.format == "json" ? void(std::cout << to_json(noise, verdicts, done).dump(1) << "\n")
                           : print(noise, verdicts, done);
  if (!options.into.empty()) note_in(options.into, runs, noise);
  return 0;
}

}  // namespace

void add_aa(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("aa", "Compare a build with itself: how often the verdicts are wrong here");
  const auto options = std::make_shared<Options>();
  command->add_option("--run", options->command, "A shell command that makes a launch, as for `trilane ab`")
      ->required()
      ->type_name("CMD");
  add_launch_options(*command, options->launches, "Of each, in seconds (default 60)");
  command->add_option("--runs", options->runs, "So many comparisons (default 10)")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  add_effect_options(*command, options->effects);
  command
      ->add_option("--journal", options->journal,
                   "Keep each run in this file; those that it holds already are not measured again")
      ->type_name("FILE");
  command->add_option("--into", options->into, "Note the figures in this baseline")->type_name("FILE.json");
  command->add_option("--format", options->format, "table or json")->check(CLI::IsMember({"table", "json"}));
  command->footer(
      "Each run is a `trilane ab` of the command against itself, confirmation included. Every case's verdict counts: "
      "regressed\n"
      "and improved are false alarms. The interval of their rate is Clopper and Pearson's.\n\n"
      "Exit status: 0 done · 1 a file cannot be written · 4 wrong usage, or the command makes no launch\n\n"
      "Examples:\n"
      "  trilane aa --runs 20 --run 'trilane bench --quick --no-calibration --order $TRILANE_SEED --filter "
      "\"$TRILANE_CASES\" --json -'\n"
      "  trilane aa --on-request --run 'web/node_modules/.bin/node web/runner/main.ts --on-request --quick "
      "--no-calibration' --journal "
      "aa.jsonl");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
