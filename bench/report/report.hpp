#pragma once

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

}  // namespace trilane::bench
