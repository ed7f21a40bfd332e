// The formats of export.hpp: what is written is read again and says what the baseline says.

#include "bench/export.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;
using Json = nlohmann::json;
using boost::test_tools::tolerance;

namespace {

/// One launch with a slope, several launches on two archs, and a model.
Baseline example() {
  std::vector<Benchmark> benchmarks{benchmark("quantize/i2_s/65536", "avx2", {{10, 22, 36}}),
                                    benchmark("quantize/i2_s/a%2Fb", "scalar", steady_launches(100, 3)),
                                    benchmark("quantize/i2_s/a%2Fb", "avx2", steady_launches(50, 4)),
                                    benchmark("model/bitnet-2b4t/i2_s", "avx2", steady_launches(2e6, 2))};
  benchmarks[0].launches[0].iterations = {1, 2, 3};
  benchmarks[0].estimates = estimate(benchmarks[0].launches);
  benchmarks[3].threads = 2;
  return baseline(std::move(benchmarks));
}

Json exported(ExportFormat format, const Baseline& baseline) {
  return Json::parse(export_as(format, baseline, "a title"));
}

void check_estimate(const Json& json, const Estimate& estimate) {
  BOOST_TEST(json.at("point_estimate") == estimate.point);
  BOOST_TEST(json.at("standard_error") == estimate.standard_error);
  BOOST_TEST(json.at("confidence_interval").at("confidence_level") == 0.95);
  BOOST_TEST(json.at("confidence_interval").at("lower_bound") == estimate.lower);
  BOOST_TEST(json.at("confidence_interval").at("upper_bound") == estimate.upper);
}

/// The records of RFC 4180 text, whose every line must end in CR LF.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record(1);
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c != '"') {
        record.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        record.back() += text[++i];
      } else {
        inside = false;
      }
    } else if (c == '"') {
      BOOST_REQUIRE(record.back().empty());
      inside = true;
    } else if (c == ',') {
      record.emplace_back();
    } else if (c == '\r') {
      BOOST_REQUIRE(text.at(++i) == '\n');
      records.push_back(std::move(record));
      record.assign(1, "");
    } else {
      BOOST_REQUIRE(c != '\n');
      record.back() += c;
    }
  }
  BOOST_REQUIRE(!inside);
  BOOST_REQUIRE((record == std::vector<std::string>{""}));
  return records;
}

/// A field of the record `index`, the header not counted.
std::string field(const std::vector<std::vector<std::string>>& records, std::size_t index, const std::string& column) {
  const auto& header = records.front();
  const auto found = std::find(header.begin(), header.end(), column);
  BOOST_REQUIRE_MESSAGE(found != header.end(), column);
  return records.at(index + 1).at(static_cast<std::size_t>(found - header.begin()));
}

const Json& metric(const Json& json, const std::string& name) {
  const Json& metrics = json.at("resourceMetrics").at(0).at("scopeMetrics").at(0).at("metrics");
  const auto found =
      std::find_if(metrics.begin(), metrics.end(), [&](const Json& one) { return one.at("name") == name; });
  BOOST_REQUIRE_MESSAGE(found != metrics.end(), name);
  return *found;
}

/// What an attribute of that key says; every key must be there once.
Json attribute(const Json& attributes, const std::string& key) {
  Json value;
  for (const Json& one : attributes) {
    if (one.at("key") != key) continue;
    BOOST_REQUIRE_MESSAGE(value.is_null(), key << " is there twice");
    value = one.at("value");
  }
  BOOST_REQUIRE_MESSAGE(!value.is_null(), key);
  return value.size() == 1 ? value.begin().value() : Json();
}

std::string nanoseconds_of(const std::string& created) {
  Baseline baseline = example();
  baseline.created = created;
  return metric(exported(ExportFormat::otlp, baseline), "trilane.time")
      .at("gauge")
      .at("dataPoints")[0]
      .at("timeUnixNano");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_export)

BOOST_AUTO_TEST_CASE(names) {
  for (const ExportFormat format : all_export_formats) BOOST_TEST((find_export_format(name(format)) == format));
  BOOST_TEST(!find_export_format("xml"));
  BOOST_TEST(!find_export_format(""));
}

BOOST_AUTO_TEST_CASE(criterion) {
  const Baseline baseline = example();
  const Json json = exported(ExportFormat::criterion, baseline);
  BOOST_TEST(json.at("name") == "a title");
  BOOST_TEST(json.at("benchmarks").size() == baseline.benchmarks.size());
  for (const Benchmark& benchmark : baseline.benchmarks) {
    const std::string id = benchmark.name + "/" + benchmark.arch;
    const Json& one = json.at("benchmarks").at(id);
    BOOST_TEST(one.at("baseline") == "a title");
    BOOST_TEST(one.at("fullname") == "a title/" + id);
    const Json& info = one.at("criterion_benchmark_v1");
    BOOST_TEST(info.at("group_id") == benchmark.name);
    BOOST_TEST(info.at("function_id") == benchmark.arch);
    BOOST_TEST(info.at("value_str").is_null());
    BOOST_TEST(info.at("full_id") == id);
    BOOST_TEST(info.at("throughput") == (Json{{"Elements", benchmark.elements}}));
    const Json& estimates = one.at("criterion_estimates_v1");
    check_estimate(estimates.at("mean"), benchmark.estimates.mean);
    check_estimate(estimates.at("median"), benchmark.estimates.median);
    check_estimate(estimates.at("median_abs_dev"), benchmark.estimates.median_abs_dev);
    check_estimate(estimates.at("std_dev"), benchmark.estimates.std_dev);
    if (benchmark.estimates.slope) {
      check_estimate(estimates.at("slope"), *benchmark.estimates.slope);
    } else {
      BOOST_TEST(estimates.at("slope").is_null());
    }
  }
  BOOST_TEST(baseline.benchmarks[0].estimates.slope.has_value());
  BOOST_TEST(!baseline.benchmarks[1].estimates.slope.has_value());
  BOOST_TEST(json.at("benchmarks").at("quantize/i2_s/65536/avx2").at("criterion_benchmark_v1").at("directory_name") ==
             "quantize_i2_s_65536/avx2");
}

BOOST_AUTO_TEST_CASE(google_benchmark) {
  const Baseline baseline = example();
  const Json json = exported(ExportFormat::google_benchmark, baseline);
  BOOST_TEST(json.at("context").at("date") == baseline.created);
  BOOST_TEST(json.at("context").at("num_cpus") == 2);
  BOOST_TEST(json.at("context").at("caches")[0] == (Json{{"type", "Data"}, {"level", 1}, {"size", 32768}}));
  std::size_t at = 0;
  const Json& rows = json.at("benchmarks");
  for (std::size_t family = 0; family < baseline.benchmarks.size(); ++family) {
    const Benchmark& benchmark = baseline.benchmarks[family];
    const std::string id = benchmark.name + "/" + benchmark.arch;
    const std::size_t launches = benchmark.launches.size();
    const std::size_t repetitions = launches == 1 ? benchmark.launches[0].times_ns.size() : launches;
    std::vector<double> times;
    for (std::size_t i = 0; i < repetitions; ++i, ++at) {
      const Json& row = rows.at(at);
      BOOST_TEST(row.at("name") == id);
      BOOST_TEST(row.at("run_name") == id);
      BOOST_TEST(row.at("run_type") == "iteration");
      BOOST_TEST(row.at("family_index") == family);
      BOOST_TEST(row.at("repetitions") == repetitions);
      BOOST_TEST(row.at("repetition_index") == i);
      BOOST_TEST(row.at("threads") == benchmark.threads);
      BOOST_TEST(row.at("time_unit") == "ns");
      BOOST_TEST(row.at("iterations") == (launches == 1 ? i + 1 : 5));
      BOOST_TEST(row.at("cpu_time") == row.at("real_time"));
      times.push_back(row.at("real_time"));
      BOOST_TEST(row.at("items_per_second").get<double>() == 65536e9 / times.back(), tolerance(1e-12));
      BOOST_TEST(row.at("bytes_per_second").get<double>() == 278532e9 / times.back(), tolerance(1e-12));
    }
    BOOST_TEST(median(times) == benchmark.estimates.median.point, tolerance(1e-12));
    for (const auto& [aggregate, estimate] :
         {std::pair("mean", benchmark.estimates.mean), std::pair("median", benchmark.estimates.median),
          std::pair("stddev", benchmark.estimates.std_dev)}) {
      const Json& row = rows.at(at++);
      BOOST_TEST(row.at("name") == id + "_" + aggregate);
      BOOST_TEST(row.at("run_name") == id);
      BOOST_TEST(row.at("run_type") == "aggregate");
      BOOST_TEST(row.at("aggregate_name") == aggregate);
      BOOST_TEST(row.at("real_time") == estimate.point);
      BOOST_TEST(!row.contains("repetition_index"));
    }
  }
  BOOST_TEST(rows.size() == at);
  BOOST_TEST(rows[0].at("real_time") == 10);
  BOOST_TEST(rows[1].at("real_time") == 11);
  BOOST_TEST(rows[2].at("real_time") == 12);
}

BOOST_AUTO_TEST_CASE(github_action_benchmark) {
  const Baseline baseline = example();
  const Json json = exported(ExportFormat::github_action_benchmark, baseline);
  BOOST_REQUIRE(json.size() == baseline.benchmarks.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const Benchmark& benchmark = baseline.benchmarks[i];
    const Estimate& time = benchmark.estimates.median;
    BOOST_TEST(json[i].at("name") == benchmark.name + " " + benchmark.arch);
    BOOST_TEST(json[i].at("unit") == "ns/iter");
    BOOST_TEST(json[i].at("value") == time.point);
    const std::string range = json[i].at("range");
    BOOST_REQUIRE(range.starts_with("± "));
    const double arm = std::stod(range.substr(std::string("± ").size()));
    BOOST_TEST(arm > 0);
    BOOST_TEST(arm == std::max(time.point - time.lower, time.upper - time.point), tolerance(1e-12));
    const std::string extra = json[i].at("extra");
    for (const std::string& part : {Json(time.lower).dump(), Json(time.upper).dump(), benchmark.output_digest,
                                    "launches: " + std::to_string(benchmark.launches.size())}) {
      BOOST_TEST(extra.find(part) != std::string::npos, part << " is not in " << extra);
    }
  }
}

BOOST_AUTO_TEST_CASE(bencher) {
  const Baseline baseline = example();
  const Json json = exported(ExportFormat::bencher, baseline);
  BOOST_TEST(json.size() == baseline.benchmarks.size());
  for (const Benchmark& benchmark : baseline.benchmarks) {
    const Estimate& time = benchmark.estimates.median;
    const Json& one = json.at(benchmark.name + " " + benchmark.arch);
    BOOST_TEST(one.at("latency") ==
               (Json{{"value", time.point}, {"lower_value", time.lower}, {"upper_value", time.upper}}));
    const Json& rate = one.at("throughput");
    BOOST_TEST(rate.at("value").get<double>() == benchmark.elements_per_s(), tolerance(1e-12));
    BOOST_TEST(rate.at("lower_value").get<double>() == 65536e9 / time.upper, tolerance(1e-12));
    BOOST_TEST(rate.at("upper_value").get<double>() == 65536e9 / time.lower, tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(csv) {
  const Baseline baseline = example();
  const auto records = parse_csv(export_as(ExportFormat::csv, baseline, "a title"));
  BOOST_REQUIRE(records.size() == 1 + baseline.benchmarks.size());
  for (const auto& record : records) BOOST_TEST(record.size() == records[0].size());
  for (std::size_t i = 0; i < baseline.benchmarks.size(); ++i) {
    const Benchmark& benchmark = baseline.benchmarks[i];
    const Estimates& estimates = benchmark.estimates;
    BOOST_TEST(field(records, i, "case") == benchmark.name);
    BOOST_TEST(field(records, i, "arch") == benchmark.arch);
    BOOST_TEST(field(records, i, "op") == benchmark.op);
    BOOST_TEST(field(records, i, "format") == "i2_s");
    BOOST_TEST(field(records, i, "shape") == "65536");
    BOOST_TEST(field(records, i, "threads") == std::to_string(benchmark.threads));
    BOOST_TEST(field(records, i, "elements") == "65536");
    BOOST_TEST(field(records, i, "bytes_read") == "262144");
    BOOST_TEST(field(records, i, "bytes_written") == "16388");
    BOOST_TEST(field(records, i, "launches") == std::to_string(benchmark.launches.size()));
    BOOST_TEST(field(records, i, "samples") == std::to_string(i == 0 ? 3 : 5 * benchmark.launches.size()));
    BOOST_TEST(std::stod(field(records, i, "median_ns")) == estimates.median.point);
    BOOST_TEST(std::stod(field(records, i, "lower_ns")) == estimates.median.lower);
    BOOST_TEST(std::stod(field(records, i, "upper_ns")) == estimates.median.upper);
    BOOST_TEST(std::stod(field(records, i, "mean_ns")) == estimates.mean.point);
    BOOST_TEST(std::stod(field(records, i, "std_dev_ns")) == estimates.std_dev.point);
    BOOST_TEST(std::stod(field(records, i, "elements_per_s")) == benchmark.elements_per_s(), tolerance(1e-12));
    BOOST_TEST(std::stod(field(records, i, "bytes_per_s")) == benchmark.bytes_per_s(), tolerance(1e-12));
    BOOST_TEST(field(records, i, "output_digest") == benchmark.output_digest);
    BOOST_TEST(field(records, i, "fingerprint") == *baseline.environment.fingerprint);
    BOOST_TEST(field(records, i, "created") == baseline.created);
  }
  BOOST_TEST(field(records, 0, "tokens_per_s").empty());
  BOOST_TEST(std::stod(field(records, 3, "tokens_per_s")) == *baseline.benchmarks[3].tokens_per_s());
}

BOOST_AUTO_TEST_CASE(csv_quotes_what_needs_it) {
  for (const std::string hostile : {"a,b", "\"", "a\"\",b", "line\nbreak", "\r\n", "\r", " blank ", "ünï", ""}) {
    Baseline baseline = example();
    baseline.benchmarks[1].name = hostile;
    baseline.benchmarks[1].arch = hostile + hostile;
    const auto records = parse_csv(export_as(ExportFormat::csv, baseline, "a title"));
    BOOST_REQUIRE(records.size() == 1 + baseline.benchmarks.size());
    BOOST_TEST(field(records, 1, "case") == hostile);
    BOOST_TEST(field(records, 1, "arch") == hostile + hostile);
    BOOST_TEST(field(records, 1, "op") == "quantize");
  }
}

BOOST_AUTO_TEST_CASE(otlp) {
  const Baseline baseline = example();
  const Json json = exported(ExportFormat::otlp, baseline);
  const Json& resource = json.at("resourceMetrics").at(0).at("resource").at("attributes");
  BOOST_TEST(attribute(resource, "service.name") == "trilane");
  BOOST_TEST(attribute(resource, "service.version") == "0.1.0");
  BOOST_TEST(attribute(resource, "vcs.ref.head.revision") == "0123456789ab");
  BOOST_TEST(attribute(resource, "trilane.platform") == "browser");
  BOOST_TEST(attribute(resource, "os.description") == "Linux 6.1");
  BOOST_TEST(attribute(resource, "host.cpu.model.name") == "A CPU");
  BOOST_TEST(attribute(resource, "process.runtime.name") == "V8");
  BOOST_TEST(attribute(resource, "trilane.cpu.logical_cores") == "2");
  BOOST_TEST(attribute(resource, "trilane.fingerprint") == *baseline.environment.fingerprint);
  const std::vector<std::pair<std::string, double (*)(const Benchmark&)>> wanted = {
      {"trilane.time", [](const Benchmark& b) { return b.estimates.median.point; }},
      {"trilane.time.lower", [](const Benchmark& b) { return b.estimates.median.lower; }},
      {"trilane.time.upper", [](const Benchmark& b) { return b.estimates.median.upper; }},
      {"trilane.elements_rate", [](const Benchmark& b) { return b.elements_per_s(); }},
      {"trilane.bytes_rate", [](const Benchmark& b) { return b.bytes_per_s(); }}};
  for (const auto& [name, value] : wanted) {
    const Json& points = metric(json, name).at("gauge").at("dataPoints");
    BOOST_REQUIRE(points.size() == baseline.benchmarks.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Benchmark& benchmark = baseline.benchmarks[i];
      BOOST_TEST(points[i].at("asDouble").get<double>() == value(benchmark), tolerance(1e-12));
      BOOST_TEST(points[i].at("timeUnixNano") == "1769860800000000000");
      BOOST_TEST(attribute(points[i].at("attributes"), "trilane.case") == benchmark.name);
      BOOST_TEST(attribute(points[i].at("attributes"), "trilane.arch") == benchmark.arch);
      BOOST_TEST(attribute(points[i].at("attributes"), "trilane.threads") == std::to_string(benchmark.threads));
    }
  }
  const Json& tokens = metric(json, "trilane.tokens_rate").at("gauge").at("dataPoints");
  BOOST_REQUIRE(tokens.size() == 1U);
  BOOST_TEST(tokens[0].at("asDouble") == *baseline.benchmarks[3].tokens_per_s());
}

BOOST_AUTO_TEST_CASE(otlp_needs_a_time) {
  BOOST_TEST(nanoseconds_of("1970-01-01T00:00:00Z") == "0");
  BOOST_TEST(nanoseconds_of("2026-01-31T12:00:00.25Z") == "1769860800250000000");
  BOOST_TEST(nanoseconds_of("2024-02-29T23:59:59.999999999Z") == "1709251199999999999");
  for (const char* wrong :
       {"", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00", "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "1969-12-31T23:59:59Z",
        "9999-01-01T00:00:00Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00:00.x1Z",
        "2026-01-31T12:00:00,1Z", "2026-01-3xT12:00:00Z", "2026-01-31 12:00:00Z", "-026-01-31T12:00:00Z"}) {
    require_error([&] { nanoseconds_of(wrong); }, ErrorCode::bad_file, {"created", "otlp"}, wrong);
  }
}

// An interval that a hand-written file may hold: rates that no number says are left out, and nothing becomes null.
BOOST_AUTO_TEST_CASE(rates_that_do_not_exist) {
  Baseline baseline = example();
  baseline.benchmarks.resize(1);
  baseline.benchmarks[0].estimates.median.lower = -1;
  const Json rate = exported(ExportFormat::bencher, baseline).begin().value().at("throughput");
  BOOST_TEST(rate.contains("lower_value"));
  BOOST_TEST(!rate.contains("upper_value"));
  baseline.benchmarks[0].estimates.median.point = 1e-320;
  BOOST_TEST(!exported(ExportFormat::bencher, baseline).begin().value().contains("throughput"));
  BOOST_TEST(field(parse_csv(export_as(ExportFormat::csv, baseline, "a title")), 0, "elements_per_s").empty());
  const Json metrics = exported(ExportFormat::otlp, baseline).at("resourceMetrics")[0].at("scopeMetrics")[0];
  BOOST_TEST(metrics.at("metrics").size() == 3U);
}

BOOST_AUTO_TEST_CASE(no_benchmarks) {
  const Baseline nothing = baseline({});
  BOOST_TEST(exported(ExportFormat::criterion, nothing).at("benchmarks") == Json::object());
  BOOST_TEST(exported(ExportFormat::google_benchmark, nothing).at("benchmarks") == Json::array());
  BOOST_TEST(exported(ExportFormat::github_action_benchmark, nothing) == Json::array());
  BOOST_TEST(exported(ExportFormat::bencher, nothing) == Json::object());
  BOOST_TEST(parse_csv(export_as(ExportFormat::csv, nothing, "")).size() == 1U);
  BOOST_TEST(exported(ExportFormat::otlp, nothing).at("resourceMetrics")[0].at("scopeMetrics")[0].at("metrics") ==
             Json::array());
}

BOOST_AUTO_TEST_SUITE_END()
