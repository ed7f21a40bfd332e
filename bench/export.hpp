#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "bench/baseline.hpp"

// A baseline in the formats that others' tools read. docs/export.md says which tool reads what, and what each field holds.

namespace trilane::bench {

enum class ExportFormat { criterion, google_benchmark, github_action_benchmark, bencher, csv, otlp };

inline constexpr std::array all_export_formats = {ExportFormat::criterion,
                                                  ExportFormat::google_benchmark,
                                                  ExportFormat::github_action_benchmark,
                                                  ExportFormat::bencher,
                                                  ExportFormat::csv,
                                                  ExportFormat::otlp};

/// As the command line spells it: "google-benchmark".
std::string_view name(ExportFormat format) noexcept;

/// The format of that name, or none.
std::optional<ExportFormat> find_export_format(std::string_view name) noexcept;

/// The text of the file. `title` is what critcmp calls the baseline; the other formats have no place for it. Throws bad_file
/// for otlp if `created` is no UTC time.
std::string export_as(ExportFormat format, const Baseline& baseline, const std::string& title);

}  // namespace trilane::bench
