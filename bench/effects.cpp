#include "bench/effects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trilane/error.hpp"

namespace trilane::bench {

double MinimumEffects::of(const std::string& name) const {
  const auto found =
      std::find_if(by_case.rbegin(), by_case.rend(), [&](const auto& one) { return one.first.found_in(name); });
  return found == by_case.rend() ? otherwise : found->second;
}

bool is_effect_percent(double percent) { return percent > 0 && percent <= 100; }

MinimumEffects parse_minimum_effects(const std::string& text, const std::string& source) {
  const auto fail = [&](const std::string& what) { throw Error(ErrorCode::bad_file, source + ": " + what); };
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object())
    fail(R"(no JSON object of regular expressions and percents, as {"^gemv/": 3.5} is, or a truncated one)");
  MinimumEffects effects;
  for (const auto& [expression, percent] : json.items()) {
    // As JSON, so that no line break or terminal code gets through.
    const std::string shown = nlohmann::json(expression).dump();
    if (!percent.is_number() || !is_effect_percent(percent.get<double>())) {
      fail("the minimum effect of " + shown + " is no number of percents above 0 and up to 100");
    }
    try {
      effects.by_case.emplace_back(Expression(expression), percent.get<double>() / 100);
    } catch (const Error&) {
      fail(shown + " is not an ECMAScript regular expression");
    }
  }
  return effects;
}

}  // namespace trilane::bench
