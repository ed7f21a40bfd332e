#pragma once

#include <string>
#include <string_view>

#include "bench/baseline.hpp"

// A baseline as Markdown, as GitHub shows it.

namespace trilane::bench {

/// A Markdown section: a heading of `level` (1 … 6) with `title`, a table of where and with what the baseline was measured, and
/// for each operation a folded table of its cases: the fastest arch, its median with the 95 % interval, elements/s, and the
/// share of its roof. Texts of the baseline are escaped: they cannot leave their cell, link, mention or carry markup.
std::string summary_markdown(const Baseline& baseline, std::string_view title, int level = 2);

/// Text for a Markdown table's cell or a heading: one line, shown as it is.
std::string markdown_text(std::string_view text);

/// The same in the face of code.
std::string markdown_code(std::string_view text);

}  // namespace trilane::bench
