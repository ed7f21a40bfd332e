#include "bench/numbers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace trilane::bench {

namespace {

/// Three significant digits.
std::string three_digits(double value) { return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0); }

template <std::size_t Count>
std::string with_unit(double value, const std::array<std::pair<double, const char*>, Count>& units) {
  const auto fits = [&](const auto& unit) { return value >= unit.first; };
  const auto found = std::find_if(units.begin(), units.end() - 1, fits);
  return three_digits(value / found->first) + " " + found->second;
}

}  // namespace

std::string fixed(double value, int digits) {
  std::array<char, 400> text{};  // the largest double has 309 digits before its point
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string percent(double share) { return fixed(share * 100, 0) + " %"; }

std::string duration(double nanoseconds) {
  return with_unit<4>(nanoseconds, {{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}}});
}

std::string rate(double per_second) {
  return with_unit<4>(per_second, {{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}});
}

std::string size(double bytes) { return with_unit<4>(bytes, {{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}}); }

}  // namespace trilane::bench
