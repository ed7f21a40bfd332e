#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "bench/compare.hpp"

namespace trilane::cli {

/// What counts as a change, as the user says it.
struct EffectOptions {
  double percent = 2;
  std::string file;  ///< of effects by case; or empty
};

/// For a command's option: what is wrong with the text as a percent of change; empty if nothing is.
std::string wrong_effect_percent(const std::string& text);

/// Adds --min-effect and --min-effects, which fill `options`; it must outlive the command.
void add_effect_options(CLI::App& command, EffectOptions& options);

/// Reads the file, if there is one. Throws bad_file as bench::parse_minimum_effects().
bench::CompareOptions compare_options(const EffectOptions& options);

}  // namespace trilane::cli
