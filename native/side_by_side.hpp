#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "bench/ab.hpp"
#include "native/journal.hpp"
#include "native/launcher.hpp"

namespace trilane::cli {

struct SideBySide {
  std::string cases;           ///< what the user wants measured: a regular expression, empty for all
  std::uint32_t seed = 1;      ///< of the orders that are drawn
  Journal* journal = nullptr;  ///< if any: its pairs are taken first, each new one is added to it
  std::function<void(const bench::Ab&, double seconds)> on_pair = {};  ///< after each pair, with the seconds spent
};

/// Measures pairs of launches until the comparison is done. Both launches of a pair have their cases in the same order
/// and on the same core, by their one seed (a launch keeps to the core of that number, counted around). They follow each
/// other directly, on request after both got ready at once; which is first is drawn for every two pairs: base, new, new,
/// base or the reverse. Throws as Launcher, Journal and bench::Ab; bad_file if the journal's pairs are none.
void measure_side_by_side(bench::Ab& ab, Launcher& base, Launcher& changed, const SideBySide& how);

}  // namespace trilane::cli
