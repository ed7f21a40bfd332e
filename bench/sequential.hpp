#pragma once

#include <cstddef>
#include <vector>

#include "bench/verdict.hpp"

namespace trilane::bench {

/// What the pairs so far say of a case.
struct Judgement {
  std::size_t pairs = 0;  ///< on which it rests
  Estimate ratio;         ///< of times, new over base; only with 5 pairs or more
  double level = 0;       ///< of the ratio's interval
  Verdict verdict = Verdict::inconclusive;
  bool settled = false;  ///< more pairs are not wanted: see SequentialTest::look
};

/// Judges m cases on pairs of launches that come one after the other, and stops with each as soon as it is settled.
///
/// d is the logarithm of a pair's ratio, new over base. A look judges every open case by Yuen's interval of the trimmed
/// mean over its n pairs, without the g smallest and the g largest d: g = 0 below 7 pairs, ⌊n/5⌋ from there on, since a
/// launch that was disturbed as a whole is off by far. With h = n − 2g, the mean d̄ of the h in the middle and the sum
/// of squares S about their mean of all n, those left out put at the nearest that was not (winsorized): exp(d̄ ±
/// c·t·√(S/(h·(h − 1)))), t being Student's with h − 1 degrees of freedom. With g = 0 that is Student's interval, and c is 1.
/// Else c = 1 + 1.2/h, for Student's t is too short in the far tails of a trimmed mean: at the levels that many cases need,
/// normal d would miss up to 1.8 times as often as stated. So wide they miss no more often, by simulation, for 7 to 49 pairs
/// and levels up to 99.995 %.
///
/// A look at the share u of the budget spends α·(u − u′) of the family's α = 0.05, where u′ is the share at the look before:
/// its intervals have the level 1 − α·(u − u′)/m. Over all looks and cases that adds up to α at most, so by the union
/// bound any interval misses its true ratio with at most that probability, however often one looks, however the cases
/// depend on each other. That is Lan and DeMets' spending with a linear function, without the gain from looks that
/// resemble each other. What may not depend on the ratios is when a look is due: it depends on the number of pairs and
/// on time alone.
class SequentialTest {
 public:
  enum class Rule {
    judge,    ///< verdict_of() the interval: a change has all of it beyond the minimum effect e
    confirm,  ///< whether there is a change that was suspected: its estimate is beyond e, its interval beside 1; no pass
  };

  /// The smallest change that counts, case by case.
  explicit SequentialTest(std::vector<double> minimum_effects, Rule rule = Rule::judge);

  /// One more pair of a case: d. Ignored once the case is settled.
  void add(std::size_t which, double log_ratio);

  /// True where one may look early: after 5, 7, 10, 14, 20 … pairs, each √2 times as many, unless more than 70 % of the way to the
  /// first look that is made in any case is over: `share` is how far on that way.
  static bool is_due(std::size_t pairs, double share);

  enum class Wanted {
    certainty,  ///< a change settles a case, or that the whole interval is within e
    verdict,    ///< any verdict does: what is inconclusive stays open
  };

  /// Judges all open cases at this share (0 … 1) of the budget. Shares must grow.
  void look(double share, Wanted wanted);

  [[nodiscard]] const Judgement& judgement(std::size_t which) const { return cases_.at(which).judgement; }
  [[nodiscard]] std::size_t open() const;

 private:
  struct Case {
    double minimum_effect = 0;
    std::vector<double> log_ratios;
    Judgement judgement;
  };
  std::vector<Case> cases_;
  Rule rule_;
  double spent_ = 0;  // share of the budget at the last look
};

}  // namespace trilane::bench
