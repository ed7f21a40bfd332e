#include "native/core_choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trilane::cli {

namespace {

constexpr std::size_t most_cores = 4;
constexpr std::size_t look_elsewhere = 4;  // every so many pairs

}  // namespace

CoreChoice::CoreChoice(std::size_t cores) : cores_(std::clamp(cores, std::size_t{1}, most_cores)) {}

std::size_t CoreChoice::next() const {
  const auto longest_ago = std::ranges::min_element(cores_, {}, &Core::last_pair);
  const bool elsewhere = longest_ago->last_pair == 0 || (pairs_ + 1) % look_elsewhere == 0;
  const auto chosen = elsewhere ? longest_ago : std::ranges::min_element(cores_, {}, &Core::slowness);
  return static_cast<std::size_t>(chosen - cores_.begin());
}

void CoreChoice::ended(std::size_t core, const bench::Baseline& base, const bench::Baseline& changed) {
  double sum = 0;
  double gained = 0;  // by which all other pairs are now slower than the fastest
  double count = 0;
  const std::array sides{&base, &changed};
  for (std::size_t side = 0; side < sides.size(); ++side) {
    for (const bench::Benchmark& benchmark : sides[side]->benchmarks) {
      const double time = std::log(bench::fastest_ns(benchmark.launches.front()));
      double& fastest = fastest_[side].try_emplace({benchmark.name, benchmark.arch}, time).first->second;
      gained += std::max(0.0, fastest - time);
      fastest = std::min(fastest, time);
      sum += time - fastest;
      ++count;
    }
  }
  count = std::max(count, 1.0);
  for (Core& other : cores_) other.slowness += gained / count;
  cores_[core] = {++pairs_, sum / count};
}

}  // namespace trilane::cli
