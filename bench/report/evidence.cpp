#include <algorithm>
#include <map>
#include <string_view>

#include "bench/numbers.hpp"
#include "bench/report/outcome.hpp"
#include "bench/report/report.hpp"
#include "bench/report/text.hpp"

namespace trilane::bench {

namespace {

struct Range {
  double least = 0;
  double most = 0;
};

/// Of the cases of quantize and dequantize, by format: elements/s of each case's fastest arch, from the slowest case to the
/// fastest.
std::map<std::string_view, Range> quantization(const Baseline& baseline) {
  std::map<std::string_view, const Benchmark*> fastest;
  for (const Benchmark& one : baseline.benchmarks) {
    if (one.op != "quantize" && one.op != "dequantize") continue;
    const Benchmark*& best = fastest.try_emplace(one.name, &one).first->second;
    if (one.elements_per_s() > best->elements_per_s()) best = &one;
  }
  std::map<std::string_view, Range> ranges;
  for (const auto& [name, benchmark] : fastest) {
    const double rate = benchmark->elements_per_s();
    Range& range = ranges.try_emplace(benchmark->format, Range{rate, rate}).first->second;
    range.least = std::min(range.least, rate);
    range.most = std::max(range.most, rate);
  }
  return ranges;
}

/// In 10⁹ elements/s, to a tenth or, where that is little, three digits.
std::string giga(double per_second) {
  const double value = per_second / 1e9;
  return fixed(value, value >= 1 ? 1 : value >= 0.1 ? 3 : value >= 0.01 ? 4 : 5);
}

std::string range_text(const Range& range) {
  const std::string least = giga(range.least);
  const std::string most = giga(range.most);
  return (least == most ? least : least + "-" + most) + " Gelem/s";
}

}  // namespace

std::string evidence(const ComparisonReport& report) {
  std::string rates;
  for (const auto& [format, range] : quantization(report.new_)) {
    rates += (rates.empty() ? "" : ", ") + clean(format, 60) + " " + range_text(range);
  }
  return "quantization: " + (rates.empty() ? "not measured" : rates) +
         "; baseline: " + side_name(report.base_name, report.base.build) +
         "; verdict: " + std::string(name(outcome_of(report.comparison, report.options))) + " (" +
         (report.comparison.digest_errors.empty() ? in_words(count(report.comparison), ", ")
                                                  : headline(report.comparison, report.options)) +
         ")\n";
}

std::string evidence_of_failure(const std::string& why, int status) {
  return "quantization: not measured; baseline: none; verdict: not comparable (status " + std::to_string(status) +
         ": " + clean(why) + ")\n";
}

}  // namespace trilane::bench
