// Any bytes as a baseline: they are refused in one line, or are a baseline that is written and read back, compared,
// merged and exported without harm.

#include "bench/baseline.hpp"

#include <algorithm>
#include <array>
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
        require(pair.verdict != Verdict::improved, "a baseline is no better than itself");
      }
      require(comparison.only_a.empty() && comparison.only_b.empty(), "a baseline has its own cases");
      to_json(comparison, options);
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  allow_error([&] { parse_environment(text); });
  allow_error([&] {
    const Baseline baseline = parse_baseline(text, "input");
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
