#include <set>
#include <string_view>

#include "bench/report/outcome.hpp"
#include "bench/report/report.hpp"
#include "bench/report/text.hpp"

namespace trilane::bench {

namespace {

/// For attributes and for text between tags.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : clean(text, 4000)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

/// The tests of a suite, and how many of them there are.
class Tests {
 public:
  enum class Result { passed, failed, skipped };

  void add(std::string_view arch, std::string_view name, Result result, std::string_view type, std::string_view message,
           std::string_view output = {}) {
    ++tests_;
    text_ += "    <testcase" + attribute("classname", arch) + attribute("name", name) + ">\n";
    if (result == Result::failed) {
      ++failures_;
      text_ += "      <failure" + attribute("type", type) + attribute("message", message) + "/>\n";
    } else if (result == Result::skipped) {
      ++skipped_;
      text_ += "      <skipped" + attribute("type", type) + attribute("message", message) + "/>\n";
    }
    if (!output.empty()) text_ += "      <system-out>" + escaped(output) + "</system-out>\n";
    text_ += "    </testcase>\n";
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string counts() const {
    return attribute("tests", std::to_string(tests_)) + attribute("failures", std::to_string(failures_)) +
           attribute("errors", "0");
  }
  [[nodiscard]] std::string skipped() const { return attribute("skipped", std::to_string(skipped_)); }

 private:
  std::string text_;
  std::size_t tests_ = 0;
  std::size_t failures_ = 0;
  std::size_t skipped_ = 0;
};

using Result = Tests::Result;

Result result_of(Verdict verdict, const CompareOptions& options) {
  if (verdict == Verdict::regressed) return Result::failed;
  if (verdict == Verdict::inconclusive) return options.require_verdict ? Result::failed : Result::skipped;
  return Result::passed;
}

void add_pairs(Tests& tests, const ComparisonReport& report, const std::set<std::string_view>& differing) {
  for (const Pair& pair : report.comparison.pairs) {
    if (differing.contains(pair.name)) continue;
    const std::string what = change_in_words(pair) + (pair.note.empty() ? "" : "; " + pair.note);
    const std::string verdict(name(pair.verdict));
    tests.add(pair.a->arch, pair.name, result_of(pair.verdict, report.options), verdict, verdict + ": " + what,
              verdict + ", time of new against base: " + what);
  }
}

/// Labels are "case, arch".
void add_missing(Tests& tests, const std::vector<std::string>& labels, std::string_view side,
                 const CompareOptions& options) {
  for (const std::string& label : labels) {
    const std::size_t comma = label.rfind(", ");
    tests.add(label.substr(comma + 2), label.substr(0, comma), options.require_all ? Result::failed : Result::skipped,
              "missing", "only in " + std::string(side));
  }
}

std::string properties(const ComparisonReport& report) {
  std::string text = "    <properties>\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    text += "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
  };
  const auto add_side = [&](const std::string& side, const std::string& name, const Baseline& baseline) {
    add(side, side_name(name, baseline.build));
    add(side + ".compiler", baseline.build.compiler);
    add(side + ".cpu", baseline.environment.cpu.model.value_or("unknown"));
  };
  add_side("base", report.base_name, report.base);
  add_side("new", report.new_name, report.new_);
  add("verdict", name(outcome_of(report.comparison, report.options)));
  add("basis", report.basis.substr(0, report.basis.find_last_not_of('\n') + 1));
  return text + "    </properties>\n";
}

}  // namespace

std::string junit(const ComparisonReport& report) {
  const Comparison& comparison = report.comparison;
  const std::set<std::string_view> differing(comparison.digest_errors.begin(), comparison.digest_errors.end());
  Tests tests;
  for (const std::string_view name : differing) {
    tests.add("every arch", name, Result::failed, "digest", "its outputs differ");
  }
  add_pairs(tests, report, differing);
  add_missing(tests, comparison.only_a, "base", report.options);
  add_missing(tests, comparison.only_b, "new", report.options);
  if (comparison.pairs.empty()) {
    tests.add("every arch", "any case", report.options.require_verdict ? Result::failed : Result::skipped,
              "inconclusive", "no case on both sides");
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "trilane") + tests.counts() +
         ">\n  <testsuite" + attribute("name", "trilane." + report.new_.environment.platform) + tests.counts() +
         tests.skipped() + attribute("timestamp", report.new_.created) + ">\n" + properties(report) + tests.text() +
         "  </testsuite>\n</testsuites>\n";
}

std::string junit_of_failure(const std::string& why, int status) {
  const std::string counts = attribute("tests", "1") + attribute("failures", "0") + attribute("errors", "1");
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "trilane") + counts +
         ">\n  <testsuite" + attribute("name", "trilane") + counts + attribute("skipped", "0") + ">\n    <testcase" +
         attribute("classname", "every arch") + attribute("name", "comparison") + ">\n      <error" +
         attribute("type", "status " + std::to_string(status)) + attribute("message", why) +
         "/>\n    </testcase>\n  </testsuite>\n</testsuites>\n";
}

}  // namespace trilane::bench
