#pragma once

#include <cstddef>
#include <string>

#include "bench/baseline.hpp"
#include "bench/compare.hpp"

// Reports of a comparison that are pure text, one file a format. docs/reports.md describes them.

namespace trilane::bench {

/// A comparison and all that a report says of it. Nothing is copied: what it refers to must outlive it.
struct ComparisonReport {
  const Baseline& base;
  const Baseline& new_;
  const Comparison& comparison;  ///< of base (A) and new (B)
  const CompareOptions& options;
  std::string base_name;  ///< what the sides are called: a file, a revision
  std::string new_name;
  std::string basis;  ///< sentences on how the verdicts came about, a paragraph a line
};

/// A comment on a pull request, in GitHub's Markdown: the verdict, what moved, all else folded. Below GitHub's limit however
/// many cases there are: what has no room is left out, passes first, and counted. The first line is hidden, to find it again.
std::string markdown_comment(const ComparisonReport& report);

/// The same without the hidden line, in no more than `limit` bytes (30,000 or more).
std::string markdown_body(const ComparisonReport& report, std::size_t limit);

/// The body of GitHub's request "create a check run", as JSON. Without head_sha where the new side does not know its whole
/// commit: who sends it adds that.
std::string check_run(const ComparisonReport& report);

/// JUnit's XML: a test a case and arch.
std::string junit(const ComparisonReport& report);

/// One line: rates of quantization, the baseline, the verdict.
std::string evidence(const ComparisonReport& report);

// The same of a comparison that did not come about: `why` is the complaint in one line, `status` the exit status.

std::string markdown_of_failure(const std::string& why, int status);
std::string check_run_of_failure(const std::string& why, int status);
std::string junit_of_failure(const std::string& why, int status);
std::string evidence_of_failure(const std::string& why, int status);

}  // namespace trilane::bench
