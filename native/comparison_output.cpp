#include "native/comparison_output.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "bench/report/outcome.hpp"
#include "bench/report/text.hpp"
#include "native/output.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

struct Format {
  std::string_view name;
  std::string (*render)(const ComparisonReport& report, bool coloured);
  std::string (*render_failure)(const std::string& why, int status);
  bool has_verdicts;  ///< and nothing to say with --cross
};

constexpr const char* instructions_title = "instructions B/A";

std::string interval(const bench::Estimate& ratio) { return fixed(ratio.lower, 3) + " … " + fixed(ratio.upper, 3); }

std::string share(const std::optional<double>& share) { return share ? percent(*share) : ""; }

std::string instructions(const bench::Pair& pair) {
  const auto ratio = pair.instructions_ratio();
  return ratio ? fixed(*ratio, 4) : "";
}

Table cross_table(const bench::Comparison& comparison) {
  Table table({{"case"},
               {"A"},
               {"elements/s", Align::right},
               {"of roof", Align::right},
               {"B"},
               {"elements/s", Align::right},
               {"of roof", Align::right},
               {"time B/A", Align::right},
               {"95 % interval", Align::right},
               {instructions_title, Align::right}});
  for (const bench::Pair& pair : comparison.pairs) {
    table.add({pair.name + (pair.fastest ? "" : " (same arch)"), pair.a->arch, rate(pair.a->elements_per_s()),
               share(pair.share_a), pair.b->arch, rate(pair.b->elements_per_s()), share(pair.share_b),
               fixed(pair.ratio.point, 2), interval(pair.ratio), instructions(pair)});
  }
  table.drop_last_if_empty();
  return table;
}

std::string_view colour_of(std::string_view verdict) {
  if (verdict == name(bench::Verdict::regressed)) return red;
  if (verdict == name(bench::Verdict::improved)) return green;
  if (verdict == name(bench::Verdict::slower)) return yellow;
  return verdict == name(bench::Verdict::inconclusive) ? yellow : std::string_view();
}

Table verdict_table(const bench::Comparison& comparison) {
  const bool noted = std::any_of(comparison.pairs.begin(), comparison.pairs.end(),
                                 [](const bench::Pair& pair) { return !pair.note.empty(); });
  std::vector<Column> columns = {{"case"},
                                 {"arch"},
                                 {"A", Align::right},
                                 {"B", Align::right},
                                 {"time B/A", Align::right},
                                 {"interval", Align::right},
                                 {"verdict", Align::left, &colour_of}};
  if (noted) columns.push_back({"note"});
  columns.push_back({instructions_title, Align::right});
  Table table(std::move(columns));
  for (const bench::Pair& pair : comparison.pairs) {
    std::vector<std::string> row = {pair.name,
                                    pair.a->arch,
                                    duration(pair.time_a),
                                    duration(pair.time_b),
                                    fixed(pair.ratio.point, 3),
                                    interval(pair.ratio),
                                    std::string(name(pair.verdict))};
    if (noted) row.push_back(pair.note);
    row.push_back(instructions(pair));
    table.add(std::move(row));
  }
  table.drop_last_if_empty();
  return table;
}

std::string list(const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string text = "\n" + std::string(what) + ":\n";
  for (const std::string& one : names) text += "- " + printable(one) + "\n";
  return text;
}

std::string paragraphs(const std::string& lines) {
  std::string text;
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', from), lines.size());
    text += "\n" + printable(lines.substr(from, end - from)) + "\n";
    from = end + 1;
  }
  return text;
}

std::string side(const std::string& name, const bench::Baseline& baseline) {
  const bench::Environment& environment = baseline.environment;
  std::string text = bench::side_name(name, baseline.build) + ": " + environment.platform + ", " +
                     environment.cpu.model.value_or("unknown") + ", " + environment.os.value_or("unknown");
  if (environment.engine) text += ", " + environment.engine->name + " " + environment.engine->version;
  return printable(text);
}

/// The comparison with its cases as `table` shows them.
std::string around(const ComparisonReport& report, const std::string& table) {
  return "A: " + side(report.base_name, report.base) + "\nB: " + side(report.new_name, report.new_) +
         "\nDigests: all outputs equal.\n\n" + table + paragraphs(report.basis) +
         list("Only in A", report.comparison.only_a) + list("Only in B", report.comparison.only_b);
}

std::string differing(const ComparisonReport& report) {
  return list("Outputs differ, so times mean nothing", report.comparison.digest_errors).substr(1);
}

/// The verdict over all cases, last: where one looks on a terminal.
std::string closing(const ComparisonReport& report, bool coloured) {
  const std::string text = bench::headline(report.comparison, report.options) + ".";
  const std::string_view colour = colour_of(name(bench::outcome_of(report.comparison, report.options)));
  return "\n" + (coloured && !colour.empty() ? std::string(colour) + text + std::string(reset) : text) + "\n";
}

std::string as_table(const ComparisonReport& report, bool coloured) {
  if (!report.comparison.digest_errors.empty()) return differing(report);
  if (report.options.cross) return around(report, cross_table(report.comparison).text(coloured));
  return around(report, verdict_table(report.comparison).text(coloured)) + closing(report, coloured);
}

std::string as_markdown(const ComparisonReport& report, bool) {
  if (!report.options.cross) return bench::markdown_comment(report);
  return report.comparison.digest_errors.empty() ? around(report, cross_table(report.comparison).markdown())
                                                 : differing(report);
}

std::string as_json(const ComparisonReport& report, bool) { return bench::to_json(report.comparison, report.options); }

std::string failure_as_text(const std::string& why, int status) {
  return "Not comparable (status " + std::to_string(status) + "): " + printable(why) + "\n";
}

std::string failure_as_json(const std::string& why, int status) {
  return nlohmann::ordered_json{{"error", bench::clean(why, 4000)}, {"status", status}}.dump(1) + "\n";
}

template <std::string (*text_of)(const ComparisonReport&)>
std::string as_text(const ComparisonReport& report, bool) {
  return text_of(report);
}

constexpr std::array formats = {
    Format{"table", &as_table, &failure_as_text, false},
    Format{"json", &as_json, &failure_as_json, false},
    Format{"markdown", &as_markdown, &bench::markdown_of_failure, false},
    Format{"check-run", &as_text<&bench::check_run>, &bench::check_run_of_failure, true},
    Format{"junit", &as_text<&bench::junit>, &bench::junit_of_failure, true},
    Format{"evidence", &as_text<&bench::evidence>, &bench::evidence_of_failure, true},
};

const Format* find_format(std::string_view name) {
  const auto* const found =
      std::find_if(formats.begin(), formats.end(), [&](const Format& format) { return format.name == name; });
  return found == formats.end() ? nullptr : found;
}

std::string names_of_formats() {
  std::string names;
  for (const Format& format : formats) names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

/// Format and file of FORMAT=FILE.
std::pair<std::string, std::string> parts_of(const std::string& report) {
  const std::size_t sign = report.find('=');
  if (sign == std::string::npos) return {report, ""};
  return {report.substr(0, sign), report.substr(sign + 1)};
}

std::string complaint_about(const std::string& report) {
  const auto [format, file] = parts_of(report);
  if (find_format(format) == nullptr) return "'" + report + "': the format is none of " + names_of_formats();
  if (file.empty()) return "'" + report + "' names no file: write " + format + "=FILE";
  return file == "-" ? "'" + report + "': what goes to standard output is chosen with --format" : "";
}

/// Each report's file, whole or not at all.
void write_all(const std::vector<std::string>& reports, const std::function<std::string(const Format&)>& text_of) {
  for (const std::string& one : reports) {
    const auto [format, file] = parts_of(one);
    Output output(file);
    output.write(text_of(*find_format(format)));
    output.commit();
  }
}

/// Without zeros at the end: "2", "3.5".
std::string plain(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// Beside the times, a line each: module sizes, and what the table's instructions are.
std::string second_signals(const bench::Comparison& comparison) {
  const auto& a = comparison.module_bytes_a;
  const auto& b = comparison.module_bytes_b;
  std::string text;
  if (a && b) {
    const double change = (static_cast<double>(*b) / static_cast<double>(*a) - 1) * 100;
    text += "WebAssembly module: " + std::to_string(*a) + " bytes in A, " + std::to_string(*b) + " in B (" +
            (*b < *a ? "" : "+") + fixed(change, 2) + " %), shown, never judged.\n";
  }
  const bool counted = std::any_of(comparison.pairs.begin(), comparison.pairs.end(),
                                   [](const bench::Pair& pair) { return pair.instructions_ratio().has_value(); });
  if (counted) text += "Instructions are the processor's own count in user space, shown, never judged.\n";
  return text;
}

}  // namespace

const char* const comparison_formats =
    "Formats:\n"
    "  table      for people, the default\n"
    "  json       all figures, for programs\n"
    "  markdown   a comment on a pull request: the verdict, what moved, all else folded\n"
    "  check-run  the body of GitHub's request \"create a check run\"\n"
    "  junit      XML, a test a case and arch\n"
    "  evidence   one line: rates of quantization, the baseline, the verdict";

void add_comparison_output(CLI::App& command, ComparisonOutput& output) {
  command.add_option("--format", output.format, "What to print: " + names_of_formats())
      ->check([](const std::string& text) {
        return find_format(text) != nullptr ? "" : "'" + text + "' is none of " + names_of_formats();
      })
      ->type_name("FORMAT");
  command.add_option("--report", output.reports, "Write it to a file too, in a format of its own; may be repeated")
      ->check(&complaint_about)
      ->type_name("FORMAT=FILE")
      ->expected(1)
      ->allow_extra_args(false)  // what follows is a file to compare
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void require_formats_for(const bench::CompareOptions& options, const ComparisonOutput& output) {
  if (!options.cross) return;
  std::vector<std::string> wanted = {output.format};
  for (const std::string& report : output.reports) wanted.push_back(parts_of(report).first);
  for (const std::string& name : wanted) {
    if (find_format(name)->has_verdicts) {
      throw CLI::ValidationError("--cross", "gives no verdicts, which " + name + " reports");
    }
  }
}

std::string basis_of(const bench::Comparison& comparison, const bench::CompareOptions& options,
                     const std::string& effects_file) {
  if (options.cross) return second_signals(comparison);
  std::string basis;
  const std::size_t too_few = comparison.pairs.size() - comparison.judged;
  if (comparison.judged > 0) {
    const auto judged = static_cast<double>(comparison.judged);
    const double level = 100 - 100 * (1 - bench::confidence_level) / judged;
    basis +=
        bench::cases(comparison.judged) + " judged: a change counts from " + plain(options.effects.otherwise * 100) +
        " % on" + (effects_file.empty() ? "" : ", or what " + printable(effects_file) + " says") +
        ". The intervals hold all at once with 95 %, each alone with " + fixed(level, judged > 50 ? 4 : 2) + " %.\n";
  }
  if (too_few > 0) {
    basis += bench::cases(too_few) +
             " with fewer than 5 launches on a side (trilane bench --launches 10): 95 % intervals, no verdict.\n";
  }
  return basis + second_signals(comparison);
}

std::string render(std::string_view format, const ComparisonReport& report, bool coloured) {
  return find_format(format)->render(report, coloured);
}

void write_reports(const std::vector<std::string>& reports, const ComparisonReport& report) {
  write_all(reports, [&](const Format& format) { return format.render(report, false); });
}

int put_out_failure(const ComparisonOutput& output, const std::exception& thrown, int status) {
  const auto* const error = dynamic_cast<const Error*>(&thrown);
  if (error == nullptr || error->code() != ErrorCode::io) {
    for (const std::string& one : output.reports) {
      try {  // each by itself: one that cannot be written must not leave an earlier verdict in the next
        write_all({one}, [&](const Format& format) { return format.render_failure(reason_of(thrown), status); });
      } catch (const Error& unwritten) {
        complain(unwritten, status);
      }
    }
  }
  return complain(thrown, status);
}

void require_places(const ComparisonOutput& output, std::vector<NamedOutput> others, bool try_them) {
  std::vector<NamedOutput> files = std::move(others);
  for (const std::string& one : output.reports) files.push_back({"--report", parts_of(one).second});
  try {
    require_apart(files);
    if (!try_them) return;
    for (const auto& [option, file] : files) {
      const std::filesystem::path folder = std::filesystem::path(file).parent_path();
      std::error_code ignored;
      if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
        throw CLI::ValidationError("'" + file + "'", "there is no folder '" + folder.string() + "'");
      }
      if (!file.empty() && option != "--journal") require_writable(file);
    }
  } catch (const Error& error) {
    throw CLI::ValidationError(error.what());
  }
}

int put_out(const ComparisonOutput& output, const ComparisonReport& report) {
  write_reports(output.reports, report);
  // Here, not at the program's end: its status there would be that of a regression.
  std::cout << render(output.format, report, styled(1)) << std::flush;
  if (!std::cout) throw Error(ErrorCode::io, "cannot write to standard output");
  return report.comparison.exit_code(report.options);
}

}  // namespace trilane::cli
