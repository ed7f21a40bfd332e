#pragma once

#include <string>

namespace trilane::bench {

/// Numbers as people read them: three digits and a unit.
std::string fixed(double value, int digits);
std::string percent(double share);
std::string duration(double nanoseconds);  ///< "12.3 µs"
std::string rate(double per_second);       ///< "11.6 G"
std::string size(double bytes);            ///< "1.20 MB"

}  // namespace trilane::bench
