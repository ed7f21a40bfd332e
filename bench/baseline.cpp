#include "bench/baseline.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "bench/build_info.hpp"
#include "bench/digest.hpp"
#include "bench/suite.hpp"
#include "trilane/error.hpp"
#include "trilane/version.hpp"

namespace trilane::bench {

namespace {

using Json = nlohmann::ordered_json;  // what is written keeps its order
using ReadJson = nlohmann::json;      // finds keys in logarithmic time, however many a hostile file has

constexpr const char* schema_name = "trilane.baseline";
constexpr int schema_major = 1;

// ---- writing

template <class T>
Json nullable(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json write(const Estimate& estimate) {
  return {{"point_estimate", estimate.point},
          {"standard_error", estimate.standard_error},
          {"confidence_interval",
           {{"confidence_level", confidence_level}, {"lower_bound", estimate.lower}, {"upper_bound", estimate.upper}}}};
}

Json write(const Estimates& estimates) {
  return {{"mean", write(estimates.mean)},
          {"median", write(estimates.median)},
          {"std_dev", write(estimates.std_dev)},
          {"median_abs_dev", write(estimates.median_abs_dev)},
          {"slope", estimates.slope ? write(*estimates.slope) : Json(nullptr)}};
}

Json write(const Environment& environment) {
  Json caches = Json::array();
  for (const Cache& cache : environment.cpu.caches) {
    caches.push_back({{"level", cache.level}, {"type", cache.type}, {"size", cache.size}});
  }
  Json engine;
  if (environment.engine) {
    engine = {{"name", environment.engine->name},
              {"version", environment.engine->version},
              {"user_agent", environment.engine->user_agent}};
  }
  return {{"platform", environment.platform},
          {"os", nullable(environment.os)},
          {"cpu",
           {{"model", nullable(environment.cpu.model)},
            {"features", environment.cpu.features},
            {"logical_cores", environment.cpu.logical_cores},
            {"caches", caches}}},
          {"engine", engine},
          {"cross_origin_isolated", nullable(environment.cross_origin_isolated)},
          {"timer", {{"resolution_ns", environment.timer_resolution_ns}}},
          {"fingerprint", nullable(environment.fingerprint)}};
}

Json write(const Calibration& calibration) {
  Json bandwidth = Json::array();
  for (const BandwidthPoint& point : calibration.bandwidth) {
    bandwidth.push_back({{"threads", point.threads},
                         {"working_set", point.working_set},
                         {"read_gb_per_s", point.read_gb_per_s},
                         {"copy_gb_per_s", point.copy_gb_per_s},
                         {"fill_gb_per_s", point.fill_gb_per_s}});
  }
  Json int8_mac = Json::array();
  for (const Int8Peak& peak : calibration.int8_mac) {
    int8_mac.push_back({{"arch", peak.arch}, {"threads", peak.threads}, {"gmac_per_s", peak.gmac_per_s}});
  }
  return {{"bandwidth", bandwidth}, {"int8_mac", int8_mac}};
}

Json write(const Roofline& roofline) {
  const auto known = [](double ns) { return ns > 0 ? Json(ns) : Json(nullptr); };
  return {{"bandwidth_ns", known(roofline.bandwidth_ns)},
          {"int8_mac_ns", known(roofline.int8_mac_ns)},
          {"bound", roofline.bound_ns() <= 0   ? Json(nullptr)
                    : roofline.bound_by_int8() ? "int8_mac"
                                               : "bandwidth"}};
}

Json write(const Benchmark& benchmark) {
  Json launches = Json::array();
  for (const Launch& launch : benchmark.launches) {
    launches.push_back({{"iterations", launch.iterations}, {"times_ns", launch.times_ns}});
  }
  Json throughput = {{"elements_per_s", benchmark.elements_per_s()}, {"bytes_per_s", benchmark.bytes_per_s()}};
  if (const auto tokens = benchmark.tokens_per_s()) throughput["tokens_per_s"] = *tokens;
  Json json = {{"case", benchmark.name},
               {"arch", benchmark.arch},
               {"op", benchmark.op},
               {"format", benchmark.format},
               {"shape", benchmark.shape},
               {"threads", benchmark.threads},
               {"elements", benchmark.elements},
               {"bytes_read", benchmark.bytes_read},
               {"bytes_written", benchmark.bytes_written},
               {"launches", launches},
               {"estimates", write(benchmark.estimates)},
               {"outliers",
                {{"low_severe", benchmark.outliers.low_severe},
                 {"low_mild", benchmark.outliers.low_mild},
                 {"high_mild", benchmark.outliers.high_mild},
                 {"high_severe", benchmark.outliers.high_severe}}},
               {"throughput", throughput},
               {"roofline", benchmark.roofline ? write(*benchmark.roofline) : Json(nullptr)},
               {"compiled", benchmark.compiled},
               {"output_digest", benchmark.output_digest}};
  if (benchmark.counters) {
    json["counters"] = {{"instructions", benchmark.counters->instructions}, {"cycles", benchmark.counters->cycles}};
  }
  return json;
}

Json write(const Build& build) {
  Json json = {{"version", build.version},
               {"commit", build.commit},
               {"dirty", build.dirty},
               {"compiler", build.compiler},
               {"flags", build.flags}};
  if (build.module_bytes) json["module_bytes"] = *build.module_bytes;
  return json;
}

Json write(const Noise& noise) {
  return {{"verdicts", noise.verdicts},
          {"alarms", noise.alarms},
          {"inconclusive", noise.inconclusive},
          {"alarm_rate", {{"lower_bound", noise.alarm_rate().lower}, {"upper_bound", noise.alarm_rate().upper}}},
          {"detectable_effect", noise.detectable},
          {"detectable_effect_of_nine_in_ten", noise.detectable_worst}};
}

// ---- reading

// What every reader of JSON tells from its neighbours; sums of a few such counts do not overflow.
constexpr std::uint64_t most_count = std::uint64_t{1} << 53U;
constexpr std::size_t most_text = 65536;  // bytes
constexpr std::size_t most_name = 4096;   // bytes; names stand in tables, and regular expressions search them

/// A value of the file together with where it stands, for messages such as "x.json: /benchmarks/3/elements is missing".
class Node {
 public:
  Node(const ReadJson& json, const std::string& source, std::string path)
      : json_(&json), source_(&source), path_(std::move(path)) {}

  [[nodiscard]] Node at(const char* key) const {
    if (!json_->is_object()) fail("is not an object");
    const auto found = json_->find(key);
    const std::string path = path_ + "/" + key;
    if (found == json_->end()) throw Error(ErrorCode::bad_file, *source_ + ": " + path + " is missing");
    return {*found, *source_, path};
  }
  [[nodiscard]] Node element(std::size_t i) const { return {(*json_)[i], *source_, path_ + "/" + std::to_string(i)}; }
  [[nodiscard]] bool null() const { return json_->is_null(); }
  [[nodiscard]] bool has(const char* key) const { return json_->is_object() && json_->contains(key); }

  [[nodiscard]] std::string text() const {
    if (!json_->is_string()) fail("is not a string");
    const auto& value = json_->get_ref<const std::string&>();
    if (value.size() > most_text) fail("is longer than 65,536 bytes");
    return value;
  }
  [[nodiscard]] std::string name() const {
    std::string value = text();
    if (value.size() > most_name) fail("is longer than 4,096 bytes");
    return value;
  }
  [[nodiscard]] bool truth() const {
    if (!json_->is_boolean()) fail("is not true or false");
    return json_->get<bool>();
  }
  [[nodiscard]] double number() const {
    if (!json_->is_number()) fail("is not a number");
    const auto value = json_->get<double>();
    if (!std::isfinite(value)) fail("is not finite");
    return value;
  }
  [[nodiscard]] double positive() const {
    const double value = number();
    if (value <= 0) fail("is not positive");
    return value;
  }
  [[nodiscard]] std::uint64_t count() const {
    if (!json_->is_number_unsigned()) fail("is not a non-negative integer");
    const auto value = json_->get<std::uint64_t>();
    if (value > most_count) fail("is above 2^53");
    return value;
  }
  template <class T, class Read>
  [[nodiscard]] std::optional<T> optional(const Read& read) const {
    return null() ? std::nullopt : std::optional<T>(read(*this));
  }
  template <class Read>
  [[nodiscard]] auto list(const Read& read) const {
    if (!json_->is_array()) fail("is not an array");
    std::vector<decltype(read(*this))> values;
    values.reserve(json_->size());
    for (std::size_t i = 0; i < json_->size(); ++i) values.push_back(read(element(i)));
    return values;
  }
  [[noreturn]] void fail(const char* what) const {
    throw Error(ErrorCode::bad_file, *source_ + ": " + (path_.empty() ? "the document" : path_) + " " + what);
  }

 private:
  const ReadJson* json_;
  const std::string* source_;
  std::string path_;
};

std::string text_of(const Node& node) { return node.text(); }
std::uint64_t count_of(const Node& node) { return node.count(); }

Estimate read_estimate(const Node& node) {
  const Node interval = node.at("confidence_interval");
  return {node.at("point_estimate").number(), node.at("standard_error").number(), interval.at("lower_bound").number(),
          interval.at("upper_bound").number()};
}

Estimates read_estimates(const Node& node) {
  Estimates estimates;
  estimates.mean = read_estimate(node.at("mean"));
  estimates.median = read_estimate(node.at("median"));
  estimates.std_dev = read_estimate(node.at("std_dev"));
  estimates.median_abs_dev = read_estimate(node.at("median_abs_dev"));
  estimates.slope = node.at("slope").optional<Estimate>(read_estimate);
  if (estimates.median.point <= 0) node.at("median").at("point_estimate").fail("is not positive");
  return estimates;
}

Cache read_cache(const Node& node) {
  const Node level = node.at("level");
  if (level.count() > 255) level.fail("is above 255");
  return {static_cast<int>(level.count()), node.at("type").text(), node.at("size").count()};
}

Engine read_engine(const Node& node) {
  return {node.at("name").text(), node.at("version").text(), node.at("user_agent").text()};
}

/// What a page knows and a baseline holds as well.
Environment read_place(const Node& node) {
  Environment environment;
  environment.os = node.at("os").optional<std::string>(text_of);
  const Node cpu = node.at("cpu");
  environment.cpu.model = cpu.at("model").optional<std::string>(text_of);
  if (cpu.has("features")) environment.cpu.features = cpu.at("features").list(text_of);
  environment.cpu.logical_cores = cpu.at("logical_cores").count();
  environment.cpu.caches = cpu.at("caches").list(read_cache);
  environment.engine = node.at("engine").optional<Engine>(read_engine);
  environment.cross_origin_isolated =
      node.at("cross_origin_isolated").optional<bool>([](const Node& value) { return value.truth(); });
  return environment;
}

Environment read_environment(const Node& node) {
  Environment environment = read_place(node);
  environment.platform = node.at("platform").text();
  environment.timer_resolution_ns = node.at("timer").at("resolution_ns").positive();
  environment.fingerprint = node.at("fingerprint").optional<std::string>(text_of);
  return environment;
}

Noise read_noise(const Node& node) {
  const Noise noise{node.at("verdicts").count(), node.at("alarms").count(), node.at("inconclusive").count(),
                    node.at("detectable_effect").number(), node.at("detectable_effect_of_nine_in_ten").number()};
  if (noise.alarms > noise.verdicts) node.at("alarms").fail("is more than there are verdicts");
  return noise;
}

Launch read_launch(const Node& node) {
  const auto positive = [](const Node& value) { return value.positive(); };
  Launch launch{node.at("iterations").list(positive), node.at("times_ns").list(positive)};
  if (launch.iterations.empty() || launch.iterations.size() != launch.times_ns.size()) {
    node.fail("needs as many times_ns as iterations, and at least one");
  }
  for (std::size_t i = 0; i < launch.iterations.size(); ++i) {
    const double ns =
        launch.times_ns[i] / launch.iterations[i];  // of finite numbers, and yet perhaps too large or small
    if (!std::isfinite(ns) || ns <= 0) node.at("times_ns").element(i).fail("is no time for that many iterations");
  }
  return launch;
}

Roofline read_roofline(const Node& node) {
  const auto positive = [](const Node& value) { return value.positive(); };
  return {node.at("bandwidth_ns").optional<double>(positive).value_or(0),
          node.at("int8_mac_ns").optional<double>(positive).value_or(0)};
}

Build read_build(const Node& node) {
  Build build{node.at("version").text(), node.at("commit").text(), node.at("dirty").truth(), node.at("compiler").text(),
              node.at("flags").text()};
  if (node.has("module_bytes")) {
    build.module_bytes = node.at("module_bytes").count();
    if (build.module_bytes == 0) node.at("module_bytes").fail("is 0");
  }
  return build;
}

EventCounts read_counts(const Node& node) { return {node.at("instructions").positive(), node.at("cycles").positive()}; }

Benchmark read_benchmark(const Node& node) {
  Benchmark benchmark;
  benchmark.name = node.at("case").name();
  benchmark.arch = node.at("arch").name();
  benchmark.op = node.at("op").text();
  benchmark.format = node.at("format").text();
  benchmark.shape = node.at("shape").list(count_of);
  benchmark.elements = node.at("elements").count();
  benchmark.bytes_read = node.at("bytes_read").count();
  benchmark.bytes_written = node.at("bytes_written").count();
  benchmark.launches = node.at("launches").list(read_launch);
  if (benchmark.launches.empty()) node.at("launches").fail("is empty");
  benchmark.estimates = read_estimates(node.at("estimates"));
  const Node outliers = node.at("outliers");
  benchmark.outliers = {outliers.at("low_severe").count(), outliers.at("low_mild").count(),
                        outliers.at("high_mild").count(), outliers.at("high_severe").count()};
  benchmark.threads = node.at("threads").count();
  if (benchmark.threads == 0) node.at("threads").fail("is 0");
  benchmark.roofline = node.at("roofline").optional<Roofline>(read_roofline);
  if (node.has("counters")) benchmark.counters = read_counts(node.at("counters"));
  benchmark.compiled = node.at("compiled").text();
  benchmark.output_digest = node.at("output_digest").text();
  return benchmark;
}

Calibration read_calibration(const Node& node) {
  Calibration calibration;
  calibration.bandwidth = node.at("bandwidth").list([](const Node& point) {
    return BandwidthPoint{point.at("threads").count(), point.at("working_set").count(),
                          point.at("read_gb_per_s").positive(), point.at("copy_gb_per_s").positive(),
                          point.at("fill_gb_per_s").positive()};
  });
  calibration.int8_mac = node.at("int8_mac").list([](const Node& peak) {
    return Int8Peak{peak.at("arch").text(), peak.at("threads").count(), peak.at("gmac_per_s").positive()};
  });
  return calibration;
}

/// A second figure for the same case and arch would silently hide the first.
void require_distinct(const std::vector<Benchmark>& benchmarks, const Node& node) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    if (!seen.emplace(benchmarks[i].name, benchmarks[i].arch).second) {
      node.element(i).fail("has the case and arch of an earlier one");
    }
  }
}

/// The beginning of a text of any length, whole characters of it.
std::string beginning(const std::string& text) {
  std::size_t most = 200;
  if (text.size() <= most) return text;
  while ((static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
  return text.substr(0, most) + "…";
}

void require_known_schema(const Node& root, const std::string& source) {
  const std::string schema = root.at("schema").text();
  const std::string known = std::string(schema_name) + "/" + std::to_string(schema_major);
  if (schema != known && !schema.starts_with(known + ".")) {
    // As JSON, so that no line break or terminal code of a foreign file gets through.
    const std::string shown = Json(beginning(schema)).dump(-1, ' ', true, Json::error_handler_t::replace);
    throw Error(ErrorCode::invalid_argument,
                source + ": the schema is " + shown + "; this trilane reads \"" + known + "\"");
  }
}

ReadJson parse(const std::string& text, const std::string& source) {
  try {
    return ReadJson::parse(text);
  } catch (const ReadJson::exception& error) {
    // The library's message begins with its own number in brackets, and ends with what it stopped in, however long.
    const std::string what = error.what();
    const std::size_t end = what.find("] ");
    throw Error(ErrorCode::bad_file,
                source + " is not JSON: " + beginning(end == std::string::npos ? what : what.substr(end + 2)));
  }
}

}  // namespace

std::optional<double> Benchmark::tokens_per_s() const {
  const Operation* operation = find_operation(op);
  if (operation == nullptr || !operation->counts_tokens) return std::nullopt;
  return 1e9 / estimates.median.point;
}

Build this_build() { return {version, build_info::commit, build_info::dirty, build_info::compiler, build_info::flags}; }

std::optional<std::string> fingerprint_of(const Environment& environment, const Build& build) {
  if (!environment.cpu.model) return std::nullopt;
  const Json parts = {environment.platform,
                      nullable(environment.os),
                      *environment.cpu.model,
                      environment.engine ? Json(environment.engine->name + " " + environment.engine->version) : Json(),
                      build.compiler,
                      nullable(environment.cross_origin_isolated)};
  const std::string text = parts.dump();
  return digest(std::as_bytes(std::span(text)));
}

std::string to_json(const Benchmark& benchmark) { return write(benchmark).dump(); }

std::string to_json(const Calibration& calibration) { return write(calibration).dump(); }

std::string to_json(const Baseline& baseline) {
  // One benchmark a line: a number a line would make the file twice as large.
  std::string benchmarks;
  for (const Benchmark& benchmark : baseline.benchmarks) {
    benchmarks += (benchmarks.empty() ? "\n  " : ",\n  ") + to_json(benchmark);
  }
  Json suite = {{"name", baseline.suite.name},
                {"seed", baseline.suite.seed},
                {"launches", baseline.suite.launches},
                {"weights", nullable(baseline.suite.weights)}};
  Json root = {{"schema", std::string(schema_name) + "/" + std::to_string(schema_major)},
               {"created", baseline.created},
               {"build", write(baseline.build)},
               {"environment", write(baseline.environment)},
               {"calibration", write(baseline.calibration)},
               {"suite", suite}};
  if (baseline.noise) root["noise"] = write(*baseline.noise);
  std::string text = root.dump(1);
  text.resize(text.rfind('\n'));  // the last brace
  return text + ",\n \"benchmarks\": [" + benchmarks + "\n ]\n}\n";
}

Baseline parse_baseline(const std::string& text, const std::string& source) {
  const ReadJson json = parse(text, source);
  const Node root(json, source, "");
  require_known_schema(root, source);
  Baseline baseline;
  baseline.created = root.at("created").text();
  baseline.build = read_build(root.at("build"));
  baseline.environment = read_environment(root.at("environment"));
  baseline.calibration = read_calibration(root.at("calibration"));
  const Node suite = root.at("suite");
  baseline.suite = {suite.at("name").text(), suite.at("seed").count(), suite.at("launches").count(),
                    suite.at("weights").optional<std::string>(text_of)};
  if (root.has("noise")) baseline.noise = read_noise(root.at("noise"));
  baseline.benchmarks = root.at("benchmarks").list(read_benchmark);
  require_distinct(baseline.benchmarks, root.at("benchmarks"));
  return baseline;
}

Environment parse_environment(const std::string& text) {
  const std::string source = "environment";
  const ReadJson json = parse(text, source);
  return read_place(Node(json, source, ""));
}

}  // namespace trilane::bench
