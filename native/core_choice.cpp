#include "native/core_choice.hpp"

#include <algorithm>
#include <cmath>

#include "bench/compare.hpp"
#include "bench/statistics.hpp"

namespace trilane::cli {

namespace {

constexpr std::size_t most_cores = 4;
constexpr std::size_t look_elsewhere = 4;  // every so many pairs

}  // namespace

CoreChoice::CoreChoice(std::size_t cores) {
  const std::size_t tried = std::clamp(cores, std::size_t{1}, most_cores);
  for (std::size_t i = 0; i < tried; ++i) cores_.push_back({.number = i * cores / tried});
}

double CoreChoice::slowness(const Core& core) const {
  double sum = 0;
  for (const Key& key : latest_) {
    if (const auto found = core.log_ns.find(key); found != core.log_ns.end()) sum += found->second;
  }
  return sum;
}

std::size_t CoreChoice::chosen() const {
  const auto longest_ago = std::ranges::min_element(cores_, {}, &Core::last_pair);
  const bool elsewhere = longest_ago->last_pair == 0 || (pairs_ + 1) % look_elsewhere == 0;
  const auto fastest = std::ranges::min_element(cores_, {}, [&](const Core& core) { return slowness(core); });
  return static_cast<std::size_t>((elsewhere ? longest_ago : fastest) - cores_.begin());
}

std::size_t CoreChoice::next() const { return cores_[chosen()].number; }

void CoreChoice::ended(const bench::Baseline& base, const bench::Baseline& changed) {
  Core& core = cores_[chosen()];
  core.last_pair = ++pairs_;
  const bench::BenchmarkIndex in_base = bench::index_of(base);
  latest_.clear();
  for (const auto& [key, benchmark] : bench::index_of(changed)) {
    const auto other = in_base.find(key);
    if (other == in_base.end()) continue;
    latest_.push_back(key);
    core.log_ns[key] = std::log(bench::fastest_ns(benchmark->launches.front())) +
                       std::log(bench::fastest_ns(other->second->launches.front()));
  }
}

}  // namespace trilane::cli
