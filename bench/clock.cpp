#include "bench/clock.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace trilane::bench {

double now_ns() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double measure_tick_ns() {
  std::array<double, 101> steps{};
  for (double& step : steps) {
    const double start = now_ns();
    double end = start;
    while (end <= start) end = now_ns();
    step = end - start;
  }
  std::nth_element(steps.begin(), steps.begin() + steps.size() / 2, steps.end());
  return steps[steps.size() / 2];
}

}  // namespace trilane::bench
