#include "bench/export.hpp"

#include <cmath>

#include "bench/export/formats.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

std::string_view name(ExportFormat format) noexcept {
  switch (format) {
    case ExportFormat::criterion: return "criterion";
    case ExportFormat::google_benchmark: return "google-benchmark";
    case ExportFormat::github_action_benchmark: return "github-action-benchmark";
    case ExportFormat::bencher: return "bencher";
    case ExportFormat::csv: return "csv";
    case ExportFormat::otlp: return "otlp";
  }
  return "unknown";
}

std::optional<ExportFormat> find_export_format(std::string_view wanted) noexcept {
  for (const ExportFormat format : all_export_formats) {
    if (name(format) == wanted) return format;
  }
  return std::nullopt;
}

std::string export_as(ExportFormat format, const Baseline& baseline, const std::string& title) {
  switch (format) {
    case ExportFormat::criterion: return export_criterion(baseline, title);
    case ExportFormat::google_benchmark: return export_google_benchmark(baseline);
    case ExportFormat::github_action_benchmark: return export_github_action_benchmark(baseline);
    case ExportFormat::bencher: return export_bencher(baseline);
    case ExportFormat::csv: return export_csv(baseline);
    case ExportFormat::otlp: return export_otlp(baseline);
  }
  throw Error(ErrorCode::invalid_argument, "not an export format");
}

std::optional<double> per_second(std::uint64_t count, double ns) {
  const double rate = static_cast<double>(count) * 1e9 / ns;
  return ns > 0 && std::isfinite(rate) ? std::optional(rate) : std::nullopt;
}

}  // namespace trilane::bench
