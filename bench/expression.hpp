#pragma once

#include <regex>
#include <string>

namespace trilane::bench {

/// An ECMAScript regular expression that a user gave. Throws invalid_argument if it is none.
std::regex expression_of(const std::string& text);

}  // namespace trilane::bench
