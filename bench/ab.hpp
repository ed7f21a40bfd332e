#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/baseline.hpp"
#include "bench/compare.hpp"
#include "bench/sequential.hpp"

namespace trilane::bench {

struct AbOptions {
  CompareOptions compare = {};
  double budget_s = 60;                                              ///< for all pairs together
  std::size_t most_pairs = std::numeric_limits<std::size_t>::max();  ///< of each of the two measurements
};

/// Two builds measured side by side: pairs of launches, base and new, one right after the other. It starts nothing and reads no
/// clock; who drives it adds the pairs as they end.
///
/// A launch counts by its fastest sample. What disturbs a sample only adds to its time, and a sample is a thousand ticks of the
/// clock or more, so that what a build does now and then is in all of them. On a machine with other work the medians of
/// launches of one build spread by 20 % where the fastest samples agree to 1 %.
///
/// The first measurement judges all cases that both sides have, by a SequentialTest over the whole budget. Until 70 % of the
/// budget are spent, a case ends with a change, or with its whole interval within the minimum effect. From then on any verdict
/// ends it. What is inconclusive goes on to the end of the budget, with one more look at 85 %.
///
/// Cases that regressed or improved in it are suspects. They are measured again, alone, when no other case is open, and else at 70
/// and at 85 %: by a second SequentialTest, on fresh pairs alone, which need only confirm the change. The ratio reported is then the
/// second's, which was not chosen for being large. A suspect that is not confirmed is inconclusive. So a false alarm takes two
/// errors, of which the first alone has at most the stated probability.
class Ab {
 public:
  explicit Ab(AbOptions options);

  /// One more pair; each side is one launch. `seconds` is when it ended, from the start of all. Both ran here, so fingerprints do not
  /// count: what differs in them is the change itself. Throws corrupt_data if the two are not comparable, have no case in common, or a
  /// side's outputs change; invalid_argument if a launch is of another build or environment than the side's first.
  void add(const Baseline& base, const Baseline& changed, double seconds);

  /// True once all is settled, the budget is over or would be with one more pair, or outputs differ.
  [[nodiscard]] bool done() const { return done_; }

  /// An ECMAScript regular expression of the cases worth measuring in the next pair; empty for all.
  [[nodiscard]] std::string wanted_cases() const;

  /// All launches of a side so far. Call with at least one pair.
  [[nodiscard]] Baseline base() const { return merged(base_); }
  [[nodiscard]] Baseline changed() const { return merged(changed_); }

  /// Of base() and changed() as the caller keeps them, into which the result points.
  [[nodiscard]] Comparison comparison(const Baseline& base, const Baseline& changed) const;

  [[nodiscard]] std::size_t pairs() const { return pairs_; }
  [[nodiscard]] bool confirms() const { return confirming_; }
  [[nodiscard]] std::size_t open() const;
  [[nodiscard]] std::size_t cases() const { return keys_.size(); }

 private:
  using Key = std::pair<std::string, std::string>;  // case, arch

  /// One of the two measurements.
  struct Measurement {
    SequentialTest test;
    std::vector<std::size_t> which;  // of keys_, in the test's order
    double start_s = 0;
    std::size_t pairs = 0;
    bool ended = false;                                              // no α is left
    std::vector<std::vector<std::pair<double, double>>> times = {};  // of each of `which`, base and new, pair by pair
  };

  static Baseline merged(const Baseline& launches);
  Measurement measurement_of(SequentialTest::Rule rule, std::vector<std::size_t> which, double start_s) const;
  void start(const Baseline& base, const Baseline& changed);
  void add_times(Measurement& measurement, const Baseline& base, const Baseline& changed, double pair_s);
  void judge(Measurement& measurement, double seconds, double pair_s);
  void go_on(double seconds);
  void pass_marks(double seconds);
  [[nodiscard]] std::vector<std::size_t> new_suspects() const;
  [[nodiscard]] Measurement& current() { return confirming_ ? confirmations_.back() : *first_; }
  [[nodiscard]] const Measurement& current() const { return confirming_ ? confirmations_.back() : *first_; }

  AbOptions options_;
  Baseline base_;     // launches appended, estimates not yet made
  Baseline changed_;  // likewise
  std::vector<Key> keys_;
  std::optional<Measurement> first_;
  std::vector<Measurement> confirmations_;
  bool confirming_ = false;  // by the last of them
  std::size_t mark_ = 0;     // the next look that the first measurement takes in any case
  std::size_t pairs_ = 0;
  double last_s_ = 0;
  double case_s_ = 0;  // of the last pair, by case
  bool done_ = false;
};

}  // namespace trilane::bench
