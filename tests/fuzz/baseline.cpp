// Any bytes as a baseline: they are refused in one line, or are a baseline that is written and read back, compared,
// merged and exported without harm.

#include "bench/baseline.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <span>

#include "bench/compare.hpp"
#include "bench/export.hpp"
#include "bench/merge.hpp"
#include "require.hpp"
#include "trilane/error.hpp"

using namespace trilane;
using namespace trilane::bench;
using trilane::test::require;

namespace {

/// Calls `work`; an error that it may have must be one line.
template <class Work>
void allow_error(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    require(std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }), "one line");
  }
}

void compare_with_itself(const Baseline& a, const Baseline& b) {
  for (const bool cross : {false, true}) {
    CompareOptions options;
    options.cross = cross;
    options.require_all = true;
    options.require_verdict = true;
    allow_error([&] {
      const Comparison comparison = compare(a, b, options);
      require(comparison.exit_code(options) != 1, "a baseline has not regressed from itself");
      for (const Pair& pair : comparison.pairs) {
        require(pair.verdict == Verdict::pass || pair.verdict == Verdict::inconclusive,
                "a baseline is as fast as itself");
      }
      require(comparison.only_a.empty() && comparison.only_b.empty(), "a baseline has its own cases");
      to_json(comparison, options);
    });
  }
}

}  // namespace

// Bytes changed at random are hardly ever a baseline. So half of the changes put another value in some place of the last input
// that was one.

std::string last_baseline;

using Json = nlohmann::json;

/// All values in `json`, itself the first.
void list_values(Json& json, std::vector<Json*>& values) {
  values.push_back(&json);
  if (!json.is_structured()) return;
  for (Json& value : json) list_values(value, values);
}

/// What numbers, texts and lists may be at their limits, or the value of another place.
Json another_value(const std::vector<Json*>& values, std::minstd_rand& random) {
  const std::vector<Json> odd = {nullptr,
                                 true,
                                 0,
                                 1,
                                 -1,
                                 0.5,
                                 255,
                                 256,
                                 1U << 31U,
                                 std::uint64_t{1} << 53U,
                                 ~std::uint64_t{0},
                                 5e-324,
                                 1e-300,
                                 1e300,
                                 1.7e308,
                                 "",
                                 "NaN",
                                 "a/b",
                                 std::string("\0\n", 2),
                                 Json::array(),
                                 Json::object(),
                                 Json::array({1})};
  const std::size_t choice = random() % (odd.size() + 4);
  return choice < odd.size() ? odd[choice] : *values[random() % values.size()];
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  if (last_baseline.empty() || random() % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Json json = Json::parse(last_baseline);
  std::vector<Json*> values;
  list_values(json, values);
  Json& place = *values[random() % values.size()];
  Json value = another_value(values, random);
  if (place.is_array() && random() % 2 == 0) {
    place.push_back(std::move(value));
  } else {
    place = std::move(value);
  }
  const std::string text = json.dump();
  if (text.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::ranges::copy(text, data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  allow_error([&] { parse_environment(text); });
  allow_error([&] {
    const Baseline baseline = parse_baseline(text, "input");
    last_baseline = text;
    const std::string written = to_json(baseline);
    Baseline again;
    try {
      again = parse_baseline(written, "written");
    } catch (const Error&) {
      require(false, "what is written is read");
    }
    require(to_json(again) == written, "what is written is read back as it was");
    compare_with_itself(baseline, again);
    allow_error([&] { to_json(merge(std::array{baseline, again})); });
    for (const ExportFormat format : all_export_formats) allow_error([&] { export_as(format, baseline, "input"); });
  });
  return 0;
}
