#include "bench/history.hpp"

#include <iostream>
#include <memory>
#include <utility>

#include "bench/effects.hpp"
#include "bench/summary.hpp"
#include "native/commands.hpp"
#include "native/effect_options.hpp"
#include "native/store.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"

namespace trilane::cli {

namespace {

constexpr int slower = 1;
constexpr int unreadable = 4;

struct Options {
  std::string store = default_store;
  bench::HistoryOptions history;
  double min_effect = 2;  ///< percent
  std::string format = "table";
  bool fail_on_change = false;
  std::size_t recent = 10;
  bool changed = false;
};

std::string interval_text(const bench::Estimate& ratio) {
  return fixed(ratio.point, 3) + " (" + fixed(ratio.lower, 3) + " … " + fixed(ratio.upper, 3) + ")";
}

/// "1.052 (1.041 … 1.063) at abc123 (main-2026-11-24)".
std::string finding(const bench::Series& series, const bench::Group& group, bool markdown) {
  const auto shown = [&](const std::string& name) { return markdown ? bench::markdown_text(name) : name; };
  if (series.points.size() < bench::least_points) return "too few points";
  if (series.changes.drift) return "drift " + interval_text(series.changes.drift->total);
  std::string text;
  for (const bench::ChangePoint& step : series.changes.steps) {
    const bench::Revision& revision = group.revisions[series.points[step.first].revision];
    text += (text.empty() ? "" : "; ") + interval_text(step.ratio) + " at " + shown(revision.commit) +
            (revision.dirty ? " with changes" : "") + " (" + shown(revision.name) + ")";
  }
  return text;
}

bool has_changed(const bench::Series& series) { return series.changes.drift || !series.changes.steps.empty(); }

void print_groups(const bench::History& history, const Options& options) {
  const bool markdown = options.format == "markdown";
  for (const bench::Group& group : history.groups) {
    Table table({{"case"},
                 {"arch"},
                 {"points", Align::right},
                 {"first", Align::right},
                 {"last", Align::right},
                 {"times"},
                 {"change, after/before"}});
    for (const bench::Series& series : group.series) {
      if (options.changed && !has_changed(series)) continue;
      table.add({markdown ? bench::markdown_code(series.name) : series.name,
                 markdown ? bench::markdown_text(series.arch) : series.arch, std::to_string(series.points.size()),
                 duration(series.points.front().median.point), duration(series.points.back().median.point),
                 bench::sparkline(series, group.revisions.size(), options.history.minimum_effect),
                 finding(series, group, markdown)});
    }
    const std::string title = group.platform + " · " + group.fingerprint;
    std::cout << (markdown ? "## " + bench::markdown_text(title) : printable(title)) << "\n\n"
              << group.revisions.size() << (group.revisions.size() == 1 ? " baseline, " : " baselines, ")
              << printable(group.revisions.front().created + " … " + group.revisions.back().created) << "\n\n";
    if (markdown) std::cout << table.markdown();
    if (!markdown) table.print(std::cout);
    std::cout << "\n";
  }
}

void print_basis(const bench::History& history, const Options& options) {
  std::size_t steps = 0;
  std::size_t drifts = 0;
  for (const bench::Group& group : history.groups) {
    for (const bench::Series& series : group.series) {
      steps += series.changes.steps.empty() ? 0 : 1;
      drifts += series.changes.drift ? 1 : 0;
    }
  }
  std::cout << history.tested << " series with " << bench::least_points << " points or more: " << steps
            << " with steps, " << drifts << " with a drift. A change counts from " << options.min_effect
            << " % on. If nothing had changed, any of them would show with 5 % at most.\n";
  if (history.anonymous > 0) std::cout << history.anonymous << " baselines without a fingerprint are left out.\n";
  if (history.copies > 0) std::cout << history.copies << " baselines that were saved twice count once.\n";
}

int run(Options options) {
  options.history.minimum_effect = options.min_effect / 100;
  std::vector<bench::StoredBaseline> all;
  const auto add = [&](bench::StoredBaseline stored) { all.push_back(std::move(stored)); };
  if (visit_store(options.store, {}, add) > 0) return unreadable;
  const bench::History history = bench::make_history(std::move(all), options.history);
  if (history.groups.empty()) return complain("no saved baseline of " + options.store + " has such a case", unreadable);
  if (options.format == "json") {
    std::cout << bench::to_json(history);
  } else if (options.format == "csv") {
    std::cout << bench::to_csv(history);
  } else {
    print_groups(history, options);
    print_basis(history, options);
  }
  if (!std::cout.flush()) return complain("cannot write to standard output", unreadable);  // 1 would be a slowdown
  if (!options.fail_on_change) return 0;
  for (const bench::Group& group : history.groups) {
    for (const bench::Series& series : group.series) {
      if (bench::slowed_down(series, options.recent)) return slower;
    }
  }
  return 0;
}

}  // namespace

void add_history(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("history", "The times of cases over saved baselines: steps and slow drift");
  const auto options = std::make_shared<Options>();
  command->add_option("CASES", options->history.cases, "Cases whose name matches this regular expression; else all")
      ->type_name("REGEX");
  command->add_option("--arch", options->history.arch, "This arch alone")->type_name("NAME");
  command->add_option("--store", options->store, "The store's folder (default baselines)")->type_name("DIR");
  command->add_option("--format", options->format, "table, json, csv or markdown")
      ->check(CLI::IsMember({"table", "json", "csv", "markdown"}));
  command->add_flag("--changed", options->changed, "table, markdown: only what changed");
  command->add_option("--min-effect", options->min_effect, "The smallest change that counts (default 2)")
      ->type_name("PERCENT")
      ->check(&wrong_effect_percent);
  command->add_flag("--fail-on-change", options->fail_on_change, "Exit with 1 if a case became slower recently");
  command->add_option("--recent", options->recent, "What recently means: the last so many points (default 10)")
      ->type_name("POINTS")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000000}));
  command->footer(
      "Baselines with equal fingerprint and suite are a history, in the order in which they were created. A ratio "
      "below "
      "1\n"
      "means faster. docs/store.md says how changes are found, and from how many points on.\n\n"
      "Exit status: 0 done · 1 with --fail-on-change: the last step of a case is a slowdown, within its last 10 points "
      "(or\n"
      "--recent), or it drifts to slower · 4 wrong usage, or a file of the store that cannot be read\n\n"
      "Examples:\n"
      "  trilane history\n"
      "  trilane history '^gemv/' --arch avx2 --changed\n"
      "  trilane history --fail-on-change --format markdown > history.md");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
