#pragma once

#include <string>
#include <string_view>

namespace trilane::bench {

/// Returns an ECMAScript expression as Boost's Perl grammar says it. Throws invalid_argument, with the reason alone, for what
/// ECMAScript does not have, and for what would make Boost recurse deeply.
std::string perl_from_ecmascript(std::string_view text);

}  // namespace trilane::bench
