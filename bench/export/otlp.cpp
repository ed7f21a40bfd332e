#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bench/export/formats.hpp"
#include "trilane/error.hpp"

// The body of a POST to an OpenTelemetry collector's /v1/metrics: ExportMetricsServiceRequest in the protocol's JSON, where
// 64-bit integers are strings.

namespace trilane::bench {

namespace {

using Json = nlohmann::ordered_json;

/// The digits of `text` from `at` on as a number; -1 if there is something else.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// 2026-01-31T12:00:00Z or 2026-01-31T12:00:00.123Z, as nanoseconds since 1970; none for anything else. Up to nine digits may
/// follow the point.
std::optional<std::uint64_t> unix_nanoseconds(std::string_view text) {
  constexpr std::string_view pattern = "0000-00-00T00:00:00";
  if (text.size() <= pattern.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '0' ? digits(text, i, 1) < 0 : text[i] != pattern[i]) return std::nullopt;
  }
  std::string fraction(text.substr(pattern.size(), text.size() - pattern.size() - 1));
  if (!fraction.empty()) {
    if (fraction.size() < 2 || fraction.size() > 10 || fraction[0] != '.') return std::nullopt;
    fraction.erase(0, 1);
  }
  fraction.resize(9, '0');
  using namespace std::chrono;
  const year_month_day day{year(digits(text, 0, 4)), month(static_cast<unsigned>(digits(text, 5, 2))),
                           std::chrono::day(static_cast<unsigned>(digits(text, 8, 2)))};
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const int part = digits(fraction, 0, 9);
  const bool in_range = day.year() >= year(1970) && day.year() <= year(2500);  // 64 bits of nanoseconds end in 2554
  if (!day.ok() || !in_range || hour > 23 || minute > 59 || second > 60 || part < 0) return std::nullopt;
  const auto days = sys_days(day).time_since_epoch().count();
  const auto seconds = ((static_cast<std::int64_t>(days) * 24 + hour) * 60 + minute) * 60 + second;
  return static_cast<std::uint64_t>(seconds) * 1'000'000'000 + static_cast<std::uint64_t>(part);
}

std::string time_of(const Baseline& baseline) {
  if (const auto time = unix_nanoseconds(baseline.created)) return std::to_string(*time);
  const std::string shown = Json(baseline.created).dump(-1, ' ', true, Json::error_handler_t::replace);
  throw Error(ErrorCode::bad_file,
              "/created is " + shown + ", but otlp needs a UTC time from 1970 on, such as \"2026-01-31T12:00:00Z\"");
}

Json attribute(const char* key, const std::string& value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}
Json attribute(const char* key, std::uint64_t value) {
  return {{"key", key}, {"value", {{"intValue", std::to_string(value)}}}};
}

Json resource(const Baseline& baseline) {
  const Environment& environment = baseline.environment;
  Json attributes =
      Json::array({attribute("service.name", "trilane"), attribute("service.version", baseline.build.version),
                   attribute("vcs.ref.head.revision", baseline.build.commit),
                   attribute("trilane.build.compiler", baseline.build.compiler),
                   attribute("trilane.platform", environment.platform), attribute("trilane.suite", baseline.suite.name),
                   attribute("trilane.launches", baseline.suite.launches),
                   attribute("trilane.cpu.logical_cores", environment.cpu.logical_cores)});
  if (environment.os) attributes.push_back(attribute("os.description", *environment.os));
  if (environment.cpu.model) attributes.push_back(attribute("host.cpu.model.name", *environment.cpu.model));
  if (environment.engine) {
    attributes.push_back(attribute("process.runtime.name", environment.engine->name));
    attributes.push_back(attribute("process.runtime.version", environment.engine->version));
  }
  if (environment.fingerprint) attributes.push_back(attribute("trilane.fingerprint", *environment.fingerprint));
  return {{"attributes", std::move(attributes)}};
}

struct Metric {
  const char* name;
  const char* unit;  // of UCUM
  const char* description;
  std::optional<double> (*value)(const Benchmark&);
};

constexpr std::array metrics = {
    Metric{"trilane.time", "ns", "Median time of one iteration",
           [](const Benchmark& b) { return std::optional(b.estimates.median.point); }},
    Metric{"trilane.time.lower", "ns", "Lower bound of the median's 95 % confidence interval",
           [](const Benchmark& b) { return std::optional(b.estimates.median.lower); }},
    Metric{"trilane.time.upper", "ns", "Upper bound of the median's 95 % confidence interval",
           [](const Benchmark& b) { return std::optional(b.estimates.median.upper); }},
    Metric{"trilane.elements_rate", "{element}/s", "Elements a second at the median time",
           [](const Benchmark& b) { return per_second(b.elements, b.estimates.median.point); }},
    Metric{"trilane.bytes_rate", "By/s", "Compulsory traffic a second at the median time",
           [](const Benchmark& b) { return per_second(b.bytes_read + b.bytes_written, b.estimates.median.point); }},
    Metric{"trilane.tokens_rate", "{token}/s", "Tokens a second that a model's products alone would allow",
           [](const Benchmark& b) { return b.tokens_per_s(); }},
};

Json write(const Metric& metric, const Baseline& baseline, const std::string& time) {
  Json points = Json::array();
  for (const Benchmark& benchmark : baseline.benchmarks) {
    const std::optional<double> value = metric.value(benchmark);
    if (!value || !std::isfinite(*value)) continue;  // JSON has no infinity
    points.push_back(
        {{"attributes",
          Json::array({attribute("trilane.case", benchmark.name), attribute("trilane.arch", benchmark.arch),
                       attribute("trilane.op", benchmark.op), attribute("trilane.format", benchmark.format),
                       attribute("trilane.threads", benchmark.threads),
                       attribute("trilane.compiled", benchmark.compiled)})},
         {"timeUnixNano", time},
         {"asDouble", *value}});
  }
  return {{"name", metric.name},
          {"unit", metric.unit},
          {"description", metric.description},
          {"gauge", {{"dataPoints", std::move(points)}}}};
}

}  // namespace

std::string export_otlp(const Baseline& baseline) {
  const std::string time = time_of(baseline);
  Json written = Json::array();
  for (const Metric& metric : metrics) {
    Json one = write(metric, baseline, time);
    if (!one["gauge"]["dataPoints"].empty()) written.push_back(std::move(one));
  }
  const Json scope = {{"scope", {{"name", "trilane.bench"}, {"version", baseline.build.version}}},
                      {"metrics", std::move(written)}};
  const Json root = {{"resourceMetrics",
                      Json::array({Json{{"resource", resource(baseline)}, {"scopeMetrics", Json::array({scope})}}})}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace trilane::bench
