#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/baseline.hpp"

namespace trilane::bench {

/// Measures what this machine and platform can do at all: bandwidth by working set and threads, and the int8
/// multiply-accumulate peak of each runnable arch. `threads`: 1, and how many more to try (1 alone where there are none).
/// `progress` is called with the share done, 0 … 1.
Calibration calibrate(unsigned threads, bool quick, const std::function<void(double)>& progress = {});

/// Of so many threads together, in bytes per nanosecond (GB/s), at a working set of `bytes` a thread: between the two nearest
/// measured sizes, on a logarithmic scale of sizes. 0 if nothing was measured.
struct Bandwidth {
  double read;
  double copy;
  double fill;
};
Bandwidth bandwidth_at(const Calibration& calibration, std::uint64_t bytes, std::uint64_t threads = 1);

/// What bounds a case. Bandwidth: the larger of its reads (as often as the operation reads its input) and its writes, at the
/// bandwidth of the case's working set. The int8 peak of its arch: for products.
Roofline roofline_of(const Calibration& calibration, const Benchmark& benchmark);

}  // namespace trilane::bench
