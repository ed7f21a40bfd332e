// The store's rules: names, machine classes, which baseline is found, and what SUMMARY.md holds.

#include "bench/store.hpp"

#include "bench_support.hpp"
#include "support.hpp"
#include "trilane/error.hpp"

using namespace trilane;
using namespace trilane::bench;
using namespace trilane::test;

namespace {

Environment machine(const std::string& model, std::uint64_t cores) {
  Environment environment;
  environment.cpu.model = model;
  environment.cpu.logical_cores = cores;
  return environment;
}

StoredBaseline stored(const std::string& machine_class, const std::string& name, const std::string& created,
                      const std::string& fingerprint) {
  StoredBaseline one{machine_class, name, baseline({benchmark("quantize/i2_s/65536", "avx2", {{6, 7, 8}})})};
  one.baseline.created = created;
  one.baseline.environment.fingerprint = fingerprint;
  return one;
}

/// The code of the error, whose message must have all of `parts`.
template <class Do>
ErrorCode code_of(const Do& what, std::initializer_list<const char*> parts) {
  try {
    what();
  } catch (const Error& error) {
    for (const char* part : parts) {
      BOOST_TEST(std::string(error.what()).find(part) != std::string::npos, "no '" << part << "': " << error.what());
    }
    return error.code();
  }
  BOOST_FAIL("no error");
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_store)

BOOST_AUTO_TEST_CASE(names) {
  for (const std::string& name :
       std::vector<std::string>{"a", "native", "main-2026-11-24-abc123", "v0.1.0_x", std::string(100, 'a')}) {
    BOOST_CHECK_NO_THROW(require_store_name(name, "the name"));
  }
  for (const std::string& name : std::vector<std::string>{"", ".", "..", "../x", "a/b", "a\\b", "-x", ".x", "a b",
                                                          "a\n", "ä", "x.json", std::string(101, 'a')}) {
    BOOST_TEST_CONTEXT("'" << name << "'") {
      BOOST_TEST(
          (code_of([&] { require_store_name(name, "the name"); }, {"the name '"}) == ErrorCode::invalid_argument));
    }
  }
  BOOST_CHECK_THROW(require_store_name(std::string_view("a\0b", 3), "the name"), Error);
}

BOOST_AUTO_TEST_CASE(machine_classes) {
  BOOST_TEST(machine_class_of(machine("AMD EPYC", 2)) == "amd-epyc-2-cores");
  BOOST_TEST(machine_class_of(machine("Intel(R) Xeon(R) Processor", 2)) == "intel-xeon-2-cores");
  BOOST_TEST(machine_class_of(machine("AMD EPYC 7763 64-Core Processor", 4)) == "amd-epyc-7763-4-cores");
  BOOST_TEST(machine_class_of(machine("Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz", 8)) == "intel-core-i7-8650u-8-cores");
  BOOST_TEST(machine_class_of(machine("Neoverse-N1", 1)) == "neoverse-n1-1-core");
  BOOST_TEST(machine_class_of(machine("../../x", 1)) == "x-1-core");
  for (const char* name : {"", "Processor", "../..", "@"}) {
    BOOST_TEST((code_of([&] { machine_class_of(machine(name, 2)); }, {"--class"}) == ErrorCode::invalid_argument));
  }
  const std::string longest = machine_class_of(machine(std::string(5000, 'x'), ~std::uint64_t{0}));
  BOOST_CHECK_NO_THROW(require_store_name(longest, "the class"));
}

BOOST_AUTO_TEST_CASE(times) {
  for (const char* time : {"2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5Z"}) BOOST_TEST(is_utc_time(time), time);
  for (const char* time : {"", "Z", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00",
                           "2026-01-31 12:00:00Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00xZ"}) {
    BOOST_TEST(!is_utc_time(time), time);
  }
  Baseline one = stored("c", "n", "yesterday", "f").baseline;
  BOOST_TEST((code_of([&] { require_storable(one, "x.json"); }, {"x.json: /created"}) == ErrorCode::bad_file));
  one.created = "2026-01-31T12:00:00Z";
  BOOST_CHECK_NO_THROW(require_storable(one, "x.json"));
  one.benchmarks.clear();
  BOOST_TEST((code_of([&] { require_storable(one, "x.json"); }, {"/benchmarks"}) == ErrorCode::bad_file));
}

BOOST_AUTO_TEST_CASE(found_by_fingerprint) {
  const std::vector<StoredBaseline> named{stored("amd", "main", "2026-01-01T00:00:00Z", "one"),
                                          stored("intel", "main", "2026-01-01T00:00:00Z", "two")};
  Baseline like = named[1].baseline;
  BOOST_TEST(&find_stored(named, "main", like) == &named[1]);
  like.environment.fingerprint = "three";
  BOOST_TEST((code_of([&] { find_stored(named, "main", like); },
                      {"'main'", "amd (browser, V8 120.0, A CPU, Linux 6.1, clang 19.1.7)", "; intel ("}) ==
              ErrorCode::invalid_argument));
  like.environment.fingerprint.reset();
  BOOST_TEST((code_of([&] { find_stored(named, "main", like); }, {"--cross"}) == ErrorCode::invalid_argument));
  BOOST_TEST((code_of([&] { find_stored({}, "main", like); }, {"no baseline 'main'"}) == ErrorCode::bad_file));
}

BOOST_AUTO_TEST_CASE(summary_of_a_class) {
  std::vector<StoredBaseline> all{stored("c", "new", "2026-01-03T00:00:00Z", "one"),
                                  stored("c", "old", "2026-01-01T00:00:00Z", "one"),
                                  stored("c", "other", "2026-01-02T00:00:00Z", "two")};
  all[2].baseline.environment.platform = "native";
  all[2].baseline.environment.engine.reset();
  const std::string text = class_summary("c", all);
  const auto at = [&](const std::string& part) {
    const std::size_t place = text.find(part);
    BOOST_REQUIRE_MESSAGE(place != std::string::npos, "no '" << part << "' in:\n" << text);
    return place;
  };
  BOOST_TEST(text.starts_with("# c\n"));
  BOOST_TEST(at("[old](old.json)") < at("[other](other.json)"));
  BOOST_TEST(at("[other](other.json)") < at("[new](new.json)"));
  BOOST_TEST(at("\n## other\n") < at("\n## new\n"));         // native first
  BOOST_TEST(text.find("\n## old\n") == std::string::npos);  // not the newest of its fingerprint
  BOOST_TEST(text.find("newest of every fingerprint") != std::string::npos);
  std::swap(all[0], all[2]);
  BOOST_TEST(class_summary("c", all) == text);
}

BOOST_AUTO_TEST_SUITE_END()
