#pragma once

#include <CLI/CLI.hpp>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "bench/report/report.hpp"
#include "native/file_system.hpp"

// What `trilane compare` and `trilane ab` print and write of a comparison.

namespace trilane::cli {

using bench::ComparisonReport;

struct ComparisonOutput {
  std::string format = "table";      ///< of what goes to stdout
  std::vector<std::string> reports;  ///< FORMAT=FILE each, checked by CLI11
};

/// Adds --format and --report, which fill `output`; it must outlive the command.
void add_comparison_output(CLI::App& command, ComparisonOutput& output);

/// What the formats are, for the footer of --help.
extern const char* const comparison_formats;

/// Throws CLI::ValidationError if a format that is asked for reports verdicts, which --cross has none of.
void require_formats_for(const bench::CompareOptions& options, const ComparisonOutput& output);

/// How the verdicts of bench::compare() came about (nothing with --cross), and what stands beside the times; `effects_file` is that of --min-effects, or empty.
std::string basis_of(const bench::Comparison& comparison, const bench::CompareOptions& options,
                     const std::string& effects_file);

/// The report in one of the formats; `coloured`: for a terminal, which concerns the table alone.
std::string render(std::string_view format, const ComparisonReport& report, bool coloured = false);

/// Writes the files of --report, each whole or not at all.
void write_reports(const std::vector<std::string>& reports, const ComparisonReport& report);

/// Complains of a comparison that did not come about, and writes that into the files of --report, too, so that nobody finds
/// an earlier comparison's there; but where writing is what failed they stay as they were. Returns `status`.
int put_out_failure(const ComparisonOutput& output, const std::exception& thrown, int status);

/// Throws CLI::ValidationError, before anything is measured, if a file of --report or one of `others` cannot be written, is
/// stdout or stderr, or is named twice. With `try_them` false only the latter two are looked at.
void require_places(const ComparisonOutput& output, std::vector<NamedOutput> others, bool try_them = true);

/// Writes the files, then prints to stdout. Returns the exit status of the comparison.
int put_out(const ComparisonOutput& output, const ComparisonReport& report);

}  // namespace trilane::cli
