// The JSON of baseline.hpp: what is written is read back, and everything else is refused in one line that says where.

#include "bench/baseline.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "bench_support.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;
using Json = nlohmann::json;
using Pointer = Json::json_pointer;

namespace {

Baseline example() {
  std::vector<Benchmark> benchmarks{benchmark("quantize/i2_s/65536", "avx2", {{10, 11, 12}}),
                                    benchmark("quantize/i2_s/a%2Fb", "scalar", steady_launches(100, 3))};
  benchmarks[0].launches[0].iterations = {1, 2, 3};
  benchmarks[0].estimates = estimate(benchmarks[0].launches);  // with a slope
  benchmarks[0].counters = EventCounts{70000.5, 21000.25};
  Baseline example = baseline(std::move(benchmarks));
  example.build.module_bytes = 602187;
  return example;
}

const Json& example_json() {
  static const Json json = Json::parse(to_json(example()));
  return json;
}

Baseline read(const Json& json) { return parse_baseline(json.dump(), "x.json"); }

void require_refused(const Json& json, std::initializer_list<std::string_view> parts, std::string_view context = "") {
  require_error([&] { read(json); }, ErrorCode::bad_file, parts, context);
}

/// Calls f(pointer) for every value below `json`, objects and arrays included.
void for_each_value(const Json& json, const Pointer& here, const std::function<void(const Pointer&)>& f) {
  if (!here.empty()) f(here);
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) for_each_value(value, here / key, f);
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) for_each_value(json[i], here / i, f);
  }
}

/// What files of the same version may lack.
bool may_be_missing(const std::string& path) {
  return path == "/environment/cpu/features" || path == "/build/module_bytes" || path == "/benchmarks/0/counters";
}

/// What a reader works out anew, so that a file cannot lie about it.
bool recomputed(const std::string& path) {
  return path.find("/throughput") != std::string::npos || path.find("/confidence_level") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_baseline)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
  const std::string text = to_json(example());
  BOOST_TEST(to_json(parse_baseline(text, "x.json")) == text);
}

BOOST_AUTO_TEST_CASE(so_is_what_is_unknown) {
  Baseline unknown = example();
  unknown.environment.os.reset();
  unknown.environment.cpu.model.reset();
  unknown.environment.cpu.caches.clear();
  unknown.environment.engine.reset();
  unknown.environment.cross_origin_isolated.reset();
  unknown.environment.fingerprint.reset();
  unknown.calibration = {};
  unknown.suite.weights.reset();
  unknown.benchmarks.clear();
  const std::string text = to_json(unknown);
  BOOST_TEST(to_json(parse_baseline(text, "x.json")) == text);
}

BOOST_AUTO_TEST_CASE(older_files_know_of_no_counters_and_no_module) {
  Json json = example_json();
  json.at("benchmarks").at(0).erase("counters");
  json.at("build").erase("module_bytes");
  const Baseline older = read(json);
  BOOST_TEST(!older.benchmarks[0].counters.has_value());
  BOOST_TEST(!older.build.module_bytes.has_value());
  BOOST_TEST(Json::parse(to_json(older)) == json);
}

BOOST_AUTO_TEST_CASE(figures_of_the_example) {
  const Json& json = example_json();
  BOOST_TEST(json.at("schema").get<std::string>() == "trilane.baseline/1");
  const Json& first = json.at("benchmarks").at(0);
  BOOST_TEST(first.at("bytes_written").get<int>() == 16388);
  BOOST_TEST(first.at("launches").at(0).at("times_ns").dump() == "[10.0,11.0,12.0]");
  const double median = first.at("estimates").at("median").at("point_estimate").get<double>();
  BOOST_TEST(median == 5.5);
  BOOST_TEST(first.at("throughput").at("elements_per_s").get<double>() == 65536e9 / median);
  BOOST_TEST(first.at("throughput").at("bytes_per_s").get<double>() == (262144 + 16388) * 1e9 / median);
  BOOST_TEST(!first.at("estimates").at("slope").is_null());
  BOOST_TEST(json.at("benchmarks").at(1).at("estimates").at("slope").is_null());
  BOOST_TEST(first.at("counters").dump() == R"({"cycles":21000.25,"instructions":70000.5})");
  BOOST_TEST(!json.at("benchmarks").at(1).contains("counters"));
  BOOST_TEST(json.at("build").at("module_bytes").get<int>() == 602187);
}

BOOST_AUTO_TEST_CASE(a_missing_field) {
  for_each_value(example_json(), Pointer(), [&](const Pointer& pointer) {
    const std::string path = pointer.to_string();
    Json json = example_json();
    Json& parent = json.at(pointer.parent_pointer());
    if (!parent.is_object() || recomputed(path) || may_be_missing(path)) return;
    parent.erase(pointer.back());
    require_refused(json, {"x.json: ", path, "missing"}, path);
  });
}

BOOST_AUTO_TEST_CASE(a_wrong_type) {
  for_each_value(example_json(), Pointer(), [&](const Pointer& pointer) {
    const std::string path = pointer.to_string();
    if (recomputed(path)) return;
    const Json& value = example_json().at(pointer);
    for (const Json& wrong : {Json("NaN"), Json(-1.5), Json(true), Json::array({nullptr}), Json{{"a", 1}}}) {
      if (wrong.type() == value.type() || (wrong.is_number() && value.is_number())) continue;
      Json json = example_json();
      json.at(pointer) = wrong;
      require_refused(json, {"x.json: ", path}, path);
    }
  });
}

BOOST_AUTO_TEST_CASE(numbers_that_cannot_be) {
  const auto refused = [](const char* path, const Json& value) {
    Json json = example_json();
    json.at(Pointer(path)) = value;
    require_refused(json, {path}, path);
  };
  for (const char* path :
       {"/benchmarks/0/elements", "/benchmarks/0/shape/0", "/suite/seed", "/environment/cpu/logical_cores"}) {
    refused(path, -1);
    refused(path, 0.5);
  }
  for (const Json& wrong : {Json(0), Json(-1), Json(0.5), Json(nullptr)}) refused("/build/module_bytes", wrong);
  refused("/benchmarks/0/counters", nullptr);
  for (const char* path :
       {"/benchmarks/0/launches/0/times_ns/1", "/benchmarks/0/launches/0/iterations/1",
        "/benchmarks/0/estimates/median/point_estimate", "/calibration/bandwidth/0/read_gb_per_s",
        "/benchmarks/0/counters/instructions", "/benchmarks/0/counters/cycles", "/environment/timer/resolution_ns"}) {
    refused(path, 0);
    refused(path, -1);
    refused(path, nullptr);
  }
  refused("/environment/cpu/caches/0/level", 256);
  refused("/benchmarks/0/elements", (std::uint64_t{1} << 53U) + 1);
  Json json = example_json();  // each is a number, but a time an iteration they are not
  json.at(Pointer("/benchmarks/0/launches/0/times_ns/1")) = 1e-300;
  json.at(Pointer("/benchmarks/0/launches/0/iterations/1")) = 1e300;
  require_refused(json, {"/benchmarks/0/launches/0/times_ns/1"});
  json.at(Pointer("/benchmarks/0/launches/0/times_ns/1")) = 1e300;
  json.at(Pointer("/benchmarks/0/launches/0/iterations/1")) = 1e-300;
  require_refused(json, {"/benchmarks/0/launches/0/times_ns/1"});
}

BOOST_AUTO_TEST_CASE(numbers_as_a_file_may_have_them) {
  const std::string field = "\"elements\":65536";
  for (const char* number : {"1e999", "-1e999", "18446744073709551616", "1e400", "NaN", "Infinity", "-Infinity", "nan",
                             "65536.0", "0x10", "065536", "\"65536\""}) {
    std::string text = to_json(example());
    text.replace(text.find(field), field.size(), std::string("\"elements\":") + number);
    require_error([&] { parse_baseline(text, "x.json"); }, ErrorCode::bad_file, {"x.json"}, number);
  }
}

BOOST_AUTO_TEST_CASE(texts_that_cannot_be) {
  Json json = example_json();
  json["benchmarks"][0]["case"] = std::string(4097, 'x');
  require_refused(json, {"/benchmarks/0/case", "longer than"});
  json["benchmarks"][0]["case"] = std::string(4096, 'x');
  BOOST_TEST(read(json).benchmarks[0].name.size() == 4096U);
  for (const char* bad : {"\xff", "\xc3", "\xed\xa0\x80", "\\ud800", "\\x41", "\n"}) {
    std::string text = to_json(example());
    text.replace(text.find("avx2\""), 4, bad);
    require_error([&] { parse_baseline(text, "x.json"); }, ErrorCode::bad_file, {"x.json is not JSON"}, bad);
  }
  json["benchmarks"][0]["case"] = std::string("a\0b", 3);  // odd, but text
  BOOST_TEST(read(json).benchmarks[0].name == std::string("a\0b", 3));
  require_error([] { parse_baseline(std::string("{\0}", 3), "x.json"); }, ErrorCode::bad_file, {"x.json"});
}

BOOST_AUTO_TEST_CASE(a_short_line_of_a_long_file) {
  const std::string long_text(std::size_t{1} << 24U, 'a');
  for (const std::string& text : {"\"" + long_text, "{\"" + long_text + "\" 1}", long_text}) {
    try {
      parse_baseline(text, "x.json");
      BOOST_ERROR("read");
    } catch (const Error& error) {
      BOOST_TEST(std::string_view(error.what()).size() < 300U);
    }
  }
}

BOOST_AUTO_TEST_CASE(many_fields_and_deep_ones_are_passed_over) {
  std::string more;
  for (int i = 0; i < 300'000; ++i) more += "\"later" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  more += "\"deep\":" + std::string(100'000, '[') + std::string(100'000, ']') + ",";
  BOOST_TEST(parse_baseline("{" + more + to_json(example()).substr(1), "x.json").benchmarks.size() == 2U);
}

BOOST_AUTO_TEST_CASE(launches_without_samples) {
  Json json = example_json();
  json["benchmarks"][0]["launches"] = Json::array();
  require_refused(json, {"/benchmarks/0/launches"});
  json = example_json();
  json["benchmarks"][1]["launches"][2]["times_ns"].erase(0);
  require_refused(json, {"/benchmarks/1/launches/2"});
  json["benchmarks"][1]["launches"][2] = {{"iterations", Json::array()}, {"times_ns", Json::array()}};
  require_refused(json, {"/benchmarks/1/launches/2"});
}

BOOST_AUTO_TEST_CASE(a_case_twice) {
  Json json = example_json();
  json["benchmarks"].push_back(json["benchmarks"][0]);
  require_refused(json, {"/benchmarks/2"});
  json["benchmarks"][2]["arch"] = "ssse3";
  BOOST_TEST(read(json).benchmarks.size() == 3U);
}

BOOST_AUTO_TEST_CASE(versions_of_the_schema) {
  Json json = example_json();
  json["schema"] = "trilane.baseline/1.7";  // a later minor version adds fields
  json["later"] = 1;
  BOOST_TEST(read(json).benchmarks.size() == 2U);
  json["schema"] = std::string(60'000, 'x');
  require_error([&] { read(json); }, ErrorCode::invalid_argument, {"x.json", "xxx\\u2026\"", "trilane.baseline/1"});
  for (const char* unknown : {"trilane.baseline/2", "trilane.baseline/10", "trilane.baseline", "other/1", ""}) {
    json["schema"] = unknown;
    require_error([&] { read(json); }, ErrorCode::invalid_argument,
                  {"x.json", std::string("\"") + unknown + "\"", "trilane.baseline/1"}, unknown);
  }
}

BOOST_AUTO_TEST_CASE(no_json) {
  const auto refused = [](const std::string& text) {
    require_error([&] { parse_baseline(text, "x.json"); }, ErrorCode::bad_file, {"x.json"}, text.substr(0, 40));
  };
  for (const char* text : {"", "{", "[]", "null", "nonsense", "\"text\"", "{\"schema\": NaN}", "\xff\xfe"})
    refused(text);
  refused(std::string(1000000, '['));
  std::string text = to_json(example());
  const std::string point = "\"elements\":65536";
  text.replace(text.find(point), point.size(), "\"elements\":1e999");
  refused(text);
  text = to_json(example());
  const std::string instructions = "\"instructions\":70000.5";
  text.replace(text.find(instructions), instructions.size(), "\"instructions\":1e999");
  refused(text);
}

BOOST_AUTO_TEST_CASE(a_file_cut_short) {
  const std::string text = to_json(example());
  const std::size_t end = text.rfind('}');
  for (std::size_t length = 0; length <= end; ++length) {
    require_error([&] { parse_baseline(text.substr(0, length), "x.json"); }, ErrorCode::bad_file, {"x.json"});
  }
}

BOOST_AUTO_TEST_CASE(errors_are_one_line) {
  for (const std::string& text : {std::string("{\n\"schema\":\n1,\n}"), std::string("{\"schema\": \"a\\nb\"}")}) {
    try {
      parse_baseline(text, "x.json");
      BOOST_ERROR("read: " << text);
    } catch (const Error& error) {
      BOOST_TEST(std::string(error.what()).find('\n') == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(fingerprints) {
  const Baseline known = example();
  const auto of = [&](const std::function<void(Baseline&)>& change) {
    Baseline changed = known;
    change(changed);
    return fingerprint_of(changed.environment, changed.build);
  };
  const auto same = [&](const std::function<void(Baseline&)>& change) { return of(change) == of([](Baseline&) {}); };
  BOOST_TEST(of([](Baseline&) {}).has_value());
  BOOST_TEST(!of([](Baseline& b) { b.environment.cpu.model.reset(); }).has_value());

  BOOST_TEST(!same([](Baseline& b) { b.environment.platform = "native"; }));
  BOOST_TEST(!same([](Baseline& b) { b.environment.os = "Linux 6.2"; }));
  BOOST_TEST(!same([](Baseline& b) { b.environment.os.reset(); }));
  BOOST_TEST(!same([](Baseline& b) { b.environment.cpu.model = "Another CPU"; }));
  BOOST_TEST(!same([](Baseline& b) { b.environment.engine->version = "121.0"; }));
  BOOST_TEST(!same([](Baseline& b) { b.environment.engine.reset(); }));
  BOOST_TEST(!same([](Baseline& b) { b.environment.cross_origin_isolated = false; }));
  BOOST_TEST(!same([](Baseline& b) { b.build.compiler = "clang 20"; }));

  // What changes from run to run and from commit to commit is what gets compared.
  BOOST_TEST(same([](Baseline& b) { b.build.commit = "abc"; }));
  BOOST_TEST(same([](Baseline& b) { b.environment.timer_resolution_ns = 7; }));
}

BOOST_AUTO_TEST_CASE(environment_of_a_page) {
  const Environment page = parse_environment(R"({"os": "Linux 6.1",
    "cpu": {"model": "A CPU", "logical_cores": 2, "caches": [{"level": 1, "type": "data", "size": 32768}]},
    "engine": {"name": "V8", "version": "120.0", "user_agent": "Mozilla/5.0"}, "cross_origin_isolated": true})");
  BOOST_TEST(page.cpu.model.value() == "A CPU");
  BOOST_TEST(page.cpu.caches.at(0).size == 32768U);
  BOOST_TEST(page.engine.value().version == "120.0");
  BOOST_TEST(page.cross_origin_isolated.value());
  require_error([] { parse_environment("{}"); }, ErrorCode::bad_file, {"environment", "/os"});
  require_error([] { parse_environment("{"); }, ErrorCode::bad_file, {"environment"});
}

BOOST_AUTO_TEST_SUITE_END()
