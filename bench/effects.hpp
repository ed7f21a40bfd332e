#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/expression.hpp"

namespace trilane::bench {

/// The smallest change of a case's time that counts, as a share: 0.02 is 2 %.
struct MinimumEffects {
  double otherwise = 0.02;
  std::vector<std::pair<Expression, double>> by_case =
      {};  ///< looked for in the case's name; the last found one counts

  [[nodiscard]] double of(const std::string& name) const;
};

/// Reads by_case from a JSON object of ECMAScript regular expressions and percents: {"^gemv/": 3.5}. Throws bad_file with one
/// line that says what is wrong; `source` names the file in it.
MinimumEffects parse_minimum_effects(const std::string& text, const std::string& source);

/// A percent from above 0 to 100.
bool is_effect_percent(double percent);

}  // namespace trilane::bench
