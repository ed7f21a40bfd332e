// The suite: what it consists of, what its cases count, and that each case computes what the oracle computes.

#include "bench/suite.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "bench/digest.hpp"
#include "bench/runner.hpp"
#include "bench/seeded_weights.hpp"
#include "oracle/oracle.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;

namespace {

bench::SuiteOptions filtered(std::string filter, std::vector<std::string> archs = {}) {
  SuiteOptions options;
  options.quick = true;
  options.filter = std::move(filter);
  options.archs = std::move(archs);
  return options;
}

std::vector<std::string> names_of(const std::vector<bench::Case>& cases) {
  std::vector<std::string> names;
  for (const bench::Case& each : cases) names.push_back(each.name + " " + std::string(each.arch.name()));
  return names;
}

void check_bytes(const std::string& name, std::uint64_t read, std::uint64_t written) {
  const bench::Case only = make_suite(filtered("^" + name + "$", {"scalar"})).at(0);
  BOOST_TEST(only.work().bytes_read == read, name);
  BOOST_TEST(only.work().bytes_written == written, name);
}

/// Of what the oracle computes for quantize/… and dequantize/… of n seeded weights.
std::map<std::string, std::string> oracle_digests(Format format, std::size_t n) {
  const std::vector<float> weights = oracle::seeded_weights(suite_seed, n);
  const Shape shape{1, n};
  const auto quantized = oracle::quantize(weights, shape, format, ScaleRule::absmean, Granularity::tensor);
  std::vector<std::byte> bytes;
  const auto append = [&](auto values) {
    const auto more = std::as_bytes(std::span(values));
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  append(std::span(quantized.codes));
  append(std::span(quantized.scales));
  const std::string of_codes = digest(bytes);
  bytes.clear();
  const std::vector<float> restored = oracle::dequantize(quantized, shape, format);
  append(std::span(restored));
  return {{"quantize", of_codes}, {"dequantize", digest(bytes)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_suite)

BOOST_AUTO_TEST_CASE(digests) {
  // Of nothing: XXH3's documented value for an empty input and seed 0.
  BOOST_TEST(digest(std::span<const std::byte>()) == "xxh3:2d06800538d394c2");
  const std::vector<std::byte> bytes(1000, std::byte{7});
  const std::span<const std::byte> all(bytes);
  const std::array parts{all.first(1), all.subspan(1, 299), all.subspan(300)};
  BOOST_TEST(digest(parts) == digest(all));
  BOOST_TEST(digest(all) != digest(all.first(999)));
}

BOOST_AUTO_TEST_CASE(every_operation_format_size_and_arch) {
  const std::vector<std::string> names = names_of(make_suite({}));
  const std::set<std::string> unique(names.begin(), names.end());
  BOOST_TEST(unique.size() == names.size());
  std::size_t expected = 0;
  const auto expect = [&](const std::string& name) {
    for (const Arch arch : archs()) {
      if (!arch.runnable()) continue;
      ++expected;
      BOOST_TEST(unique.count(name + " " + std::string(arch.name())) == 1U, name << " " << arch.name());
    }
  };
  for (const char* operation : {"quantize", "dequantize"}) {
    for (const char* format : {"i2_s", "tl1", "tl2"}) {
      for (const int n : {1024, 4096, 16384, 65536, 262144, 4194304}) {
        expect(std::string(operation) + "/" + format + "/" + std::to_string(n));
      }
    }
  }
  for (const int n : {2560, 6912, 65536}) expect("quantize_activations/int8/" + std::to_string(n));
  for (const char* format : {"i2_s", "tl1", "tl2"}) {
    for (const char* shape : {"640x2560", "2560x2560", "6912x2560", "2560x6912", "4096x4096"}) {
      const std::string rest = std::string("/") + format + "/" + shape;
      expect("pack" + rest);
      expect("gemv" + rest);
      expect("gemm" + rest + "x8");
      expect("gemm" + rest + "x32");
    }
    expect(std::string("model/bitnet-2b4t/") + format);
    if (all_threads() > 1) {
      expect(std::string("model/bitnet-2b4t/") + format + "/threads=" + std::to_string(all_threads()));
    }
  }
  BOOST_TEST(names.size() == expected);
}

BOOST_AUTO_TEST_CASE(compulsory_traffic) {
  check_bytes("quantize/i2_s/65536", 262144, 16388);
  check_bytes("dequantize/i2_s/65536", 16388, 262144);
  check_bytes("quantize/tl1/1024", 4096, 260);
  check_bytes("quantize/tl2/1024", 4096, 11 * 20 + 4);  // 10.67 blocks of 96
  check_bytes("dequantize/tl2/1024", 11 * 20 + 4, 4096);
}

BOOST_AUTO_TEST_CASE(work_of_products) {
  // Codes, one scale, 8 vectors of int8 with a factor each; 8 vectors of float32.
  check_bytes("gemm/i2_s/640x2560x8", 640 * 640 + 4 + 8 * (2560 + 4), 8 * 640 * 4);
  check_bytes("gemv/tl2/2560x6912", 2560 * 72 * 20 + 4 + 6912 + 4, 2560 * 4);
  check_bytes("quantize_activations/int8/2560", 4 * 2560, 2560 + 8);
  const auto elements = [](const std::string& name) {
    return make_suite(filtered("^" + name + "$", {"scalar"})).at(0).work().elements;
  };
  BOOST_TEST(elements("gemm/i2_s/640x2560x32") == 640U * 2560 * 32);
  // 30 · (2 · 2560 · 2560 + 2 · 640 · 2560 + 3 · 6912 · 2560)
  BOOST_TEST(elements("model/bitnet-2b4t/tl1") == 2084044800U);
}

BOOST_AUTO_TEST_CASE(threads_of_products) {
  SuiteOptions options = filtered("^gemv/tl1/640x2560", {"scalar"});
  options.threads = {1, 3};
  BOOST_TEST(names_of(make_suite(options)) ==
                 (std::vector<std::string>{"gemv/tl1/640x2560 scalar", "gemv/tl1/640x2560/threads=3 scalar"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_quick_suite_leaves_out_the_largest) {
  std::set<std::string> operations;
  for (const bench::Case& each : make_suite(filtered(""))) {
    BOOST_TEST(each.work().elements < std::uint64_t{1} << 27U, each.name);
    operations.insert(each.operation->name);
  }
  BOOST_TEST(operations.size() == bench::operations().size() - 1);  // all but whole models
}

/// Where it would take longer than all others together.
BOOST_AUTO_TEST_CASE(a_quick_suite_times_scalar_where_it_is_quick) {
  for (const bench::Case& each : make_suite(filtered("^(gem|model)"))) {
    if (each.arch.name() == "scalar") BOOST_TEST(each.work().elements <= 20'000'000U, each.name);
  }
  BOOST_TEST(make_suite(filtered("^model/bitnet-2b4t/tl1$", {"scalar"})).size() == 1U);
}

BOOST_AUTO_TEST_CASE(filters) {
  BOOST_TEST(names_of(make_suite(filtered("^quantize/tl2/1024$", {"scalar"}))) ==
                 std::vector<std::string>{"quantize/tl2/1024 scalar"},
             boost::test_tools::per_element());
  BOOST_TEST(make_suite(filtered("tl[12]/4096$", {"scalar"})).size() == 4U);
  BOOST_TEST(make_suite(filtered("quantize/", {"scalar", "scalar"})).size() == 36U);
  require_error([] { make_suite(filtered("(")); }, ErrorCode::invalid_argument, {"'('", "regular expression"});
  require_error([] { make_suite(filtered("^1024")); }, ErrorCode::invalid_argument, {"'^1024'"});
  require_error([] { make_suite(filtered("", {"nonsense"})); }, ErrorCode::invalid_argument, {"nonsense"});
}

BOOST_AUTO_TEST_CASE(operations_by_name) {
  for (const Operation* operation : operations()) BOOST_TEST(find_operation(operation->name) == operation);
  BOOST_TEST(find_operation("nonsense") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_run_computes_what_the_oracle_computes) {
  Runner runner(filtered("/1024$"));
  BOOST_TEST(!runner.seconds_left().has_value());
  std::map<Format, std::map<std::string, std::string>> wanted;
  for (const Format format : all_formats) wanted[format] = oracle_digests(format, 1024);
  for (std::size_t i = 0; i < runner.cases().size(); ++i) {
    const bench::Case& chosen = runner.cases()[i];
    const Benchmark& result = runner.run(i);
    BOOST_TEST(result.name == chosen.name);
    BOOST_TEST(result.arch == chosen.arch.name());
    BOOST_TEST(result.elements == 1024U);
    BOOST_TEST(result.launches.size() == 1U);
    BOOST_TEST(result.estimates.median.point > 0);
    BOOST_TEST(result.output_digest == wanted[chosen.format][chosen.operation->name], chosen.name);
  }
  BOOST_TEST(runner.seconds_left().value() == 0);
  runner.run(0);  // again: no second entry

  Environment environment;
  environment.platform = "native";
  environment.cpu.model = "A CPU";
  const Baseline baseline = runner.baseline(environment, "2026-01-31T12:00:00Z");
  BOOST_TEST(baseline.benchmarks.size() == runner.cases().size());
  BOOST_TEST(baseline.suite.name == "default");
  BOOST_TEST(baseline.suite.seed == suite_seed);
  BOOST_TEST(!baseline.suite.weights.has_value());
  BOOST_TEST(baseline.environment.timer_resolution_ns == runner.timer_resolution_ns());
  BOOST_TEST((baseline.environment.fingerprint == fingerprint_of(baseline.environment, baseline.build)));
  const std::string text = to_json(baseline);
  BOOST_TEST(to_json(parse_baseline(text, "x.json")) == text);
}

BOOST_AUTO_TEST_CASE(a_case_that_was_prepared_is_only_timed) {
  const std::vector<float> weights = oracle::seeded_weights(7, std::size_t{3} * 50);
  std::size_t loads = 0;
  const auto load = [&](std::span<float> to) {
    ++loads;
    std::copy(weights.begin(), weights.end(), to.begin());
  };
  const WeightsFile file{"xxh3:0123456789abcdef", {{"w", {3, 50}, load}}};
  SuiteOptions options = filtered("^quantize/i2_s|^dequantize/tl2", {"scalar"});
  options.weights = &file;
  Runner runner(options);
  BOOST_REQUIRE(runner.cases().size() == 2U);
  const auto loads_of = [&](auto&& work) {
    const std::size_t before = loads;
    work();
    return loads - before;
  };
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < 2; ++i) digests.push_back(runner.run(i).output_digest);

  BOOST_TEST(loads_of([&] { runner.prepare(1); }) > 0U);
  BOOST_TEST(loads_of([&] { BOOST_TEST(runner.run(1).output_digest == digests[1]); }) == 0U);
  BOOST_TEST(loads_of([&] { BOOST_TEST(runner.run(1).output_digest == digests[1]); }) > 0U);  // it served once
  runner.prepare(1);
  BOOST_TEST(loads_of([&] { BOOST_TEST(runner.run(0).output_digest == digests[0]); }) > 0U);  // another than that
  runner.prepare(0);
  runner.prepare(1);
  BOOST_TEST(loads_of([&] { runner.run(1); }) == 0U);
  BOOST_TEST(runner.baseline({}, "").benchmarks.size() == 2U);
}

BOOST_AUTO_TEST_CASE(tensors_of_a_file) {
  const std::vector<float> weights = oracle::seeded_weights(7, std::size_t{3} * 50);
  const auto load = [&](std::span<float> to) { std::copy(weights.begin(), weights.end(), to.begin()); };
  const WeightsFile file{"xxh3:0123456789abcdef", {{"layer/0 w", {3, 50}, load}}};
  SuiteOptions options = filtered("");
  options.weights = &file;
  Runner runner(options);
  const auto quantized = oracle::quantize(weights, {3, 50}, Format::i2_s, ScaleRule::absmean, Granularity::tensor);
  const std::array parts{std::as_bytes(std::span(quantized.codes)), std::as_bytes(std::span(quantized.scales))};
  for (std::size_t i = 0; i < runner.cases().size(); ++i) {
    const Benchmark& result = runner.run(i);
    const bool several = result.op == "gemm";  // of 8 and of 32 vectors
    BOOST_TEST(result.elements == 150U * (several ? result.shape.at(2) : 1));
    BOOST_TEST(result.shape.at(0) == 3U);
    BOOST_TEST(result.shape.at(1) == 50U);
    BOOST_TEST(result.name.find("/" + escaped("layer/0 w")) != std::string::npos);
    if (result.op == "quantize" && result.format == "i2_s") BOOST_TEST(result.output_digest == digest(parts));
  }
  BOOST_TEST(runner.baseline({}, "").suite.weights.value() == file.digest);
}

BOOST_AUTO_TEST_SUITE_END()
