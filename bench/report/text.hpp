#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bench/baseline.hpp"

// Texts of others (names of cases, files, machines) as reports may carry them.

namespace trilane::bench {

/// In UTF-8, on one line and of so many bytes at most: what is no UTF-8, and control characters, become U+FFFD; what is too
/// long ends in "…".
std::string clean(std::string_view text, std::size_t most_bytes = 300);

/// "after.json (commit 0123456789ab, with changes)"; a commit that the name has stands once.
std::string side_name(const std::string& name, const Build& build);

}  // namespace trilane::bench
