#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/baseline.hpp"

// One function a format, each in a file of its name.

namespace trilane::bench {

std::string export_criterion(const Baseline& baseline, const std::string& title);
std::string export_google_benchmark(const Baseline& baseline);
std::string export_github_action_benchmark(const Baseline& baseline);
std::string export_bencher(const Baseline& baseline);
std::string export_csv(const Baseline& baseline);
std::string export_otlp(const Baseline& baseline);

/// `count` things each `ns` as a rate a second; none if no finite, positive number says it: a file may hold any interval.
std::optional<double> per_second(std::uint64_t count, double ns);

}  // namespace trilane::bench
