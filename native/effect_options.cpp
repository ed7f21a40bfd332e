#include "native/effect_options.hpp"

#include "native/input.hpp"

namespace trilane::cli {

std::string wrong_effect_percent(const std::string& text) {
  double percent = 0;
  const bool right = CLI::detail::lexical_cast(text, percent) && bench::is_effect_percent(percent);
  return right ? "" : "'" + text + "' is no percent above 0 and up to 100";
}

void add_effect_options(CLI::App& command, EffectOptions& options) {
  command
      .add_option("--min-effect", options.percent,
                  "The smallest change that counts (default 2): regressed or improved is beyond it; pass excludes a "
                  "change of 2.5 times as much")
      ->type_name("PERCENT")
      ->check(&wrong_effect_percent);
  command
      .add_option("--min-effects", options.file,
                  "The same by case: a JSON object of regular expressions and percents; the last that matches counts")
      ->type_name("FILE.json");
}

bench::CompareOptions compare_options(const EffectOptions& options) {
  bench::CompareOptions compare;
  if (!options.file.empty()) compare.effects = bench::parse_minimum_effects(read_text(options.file), options.file);
  compare.effects.otherwise = options.percent / 100;
  return compare;
}

}  // namespace trilane::cli
