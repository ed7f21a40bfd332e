#pragma once

#include "bench/baseline.hpp"

namespace trilane::cli {

/// What the system tells of this machine: OS, CPU model and features, logical cores, caches. What it does not tell stays
/// unknown.
bench::Environment probe_machine();

}  // namespace trilane::cli
