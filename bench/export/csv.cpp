#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "bench/export/formats.hpp"

// RFC 4180: lines end in CR LF; a field with a comma, a quote or a line break stands in quotes, a quote in it doubled.

namespace trilane::bench {

namespace {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + "\"";
}

void add_row(std::string& text, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) text += (i == 0 ? "" : ",") + csv_field(fields[i]);
  text += "\r\n";
}

/// The shortest text that reads back as the same number.
std::string number(double value) { return nlohmann::json(value).dump(); }
std::string number(std::optional<double> value) { return value ? number(*value) : ""; }

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t dimension : shape) text += (text.empty() ? "" : "x") + std::to_string(dimension);
  return text;
}

std::vector<std::string> row(const Baseline& baseline, const Benchmark& benchmark) {
  const Estimates& estimates = benchmark.estimates;
  std::size_t samples = 0;
  for (const Launch& launch : benchmark.launches) samples += launch.times_ns.size();
  return {benchmark.name,
          benchmark.arch,
          benchmark.op,
          benchmark.format,
          shape_text(benchmark.shape),
          std::to_string(benchmark.threads),
          std::to_string(benchmark.elements),
          std::to_string(benchmark.bytes_read),
          std::to_string(benchmark.bytes_written),
          std::to_string(benchmark.launches.size()),
          std::to_string(samples),
          number(estimates.median.point),
          number(estimates.median.lower),
          number(estimates.median.upper),
          number(estimates.mean.point),
          number(estimates.std_dev.point),
          number(per_second(benchmark.elements, estimates.median.point)),
          number(per_second(benchmark.bytes_read + benchmark.bytes_written, estimates.median.point)),
          number(benchmark.tokens_per_s()),
          benchmark.compiled,
          benchmark.output_digest,
          baseline.environment.platform,
          baseline.environment.fingerprint.value_or(""),
          baseline.build.commit,
          baseline.created};
}

}  // namespace

std::string export_csv(const Baseline& baseline) {
  std::string text;
  add_row(text, {"case",          "arch",           "op",          "format",        "shape",
                 "threads",       "elements",       "bytes_read",  "bytes_written", "launches",
                 "samples",       "median_ns",      "lower_ns",    "upper_ns",      "mean_ns",
                 "std_dev_ns",    "elements_per_s", "bytes_per_s", "tokens_per_s",  "compiled",
                 "output_digest", "platform",       "fingerprint", "commit",        "created"});
  for (const Benchmark& benchmark : baseline.benchmarks) add_row(text, row(baseline, benchmark));
  return text;
}

}  // namespace trilane::bench
