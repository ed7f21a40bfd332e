#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/baseline.hpp"

namespace trilane::cli {

/// Which core the next pair of launches runs on. A core with a busy neighbour is slower by up to a quarter, and its
/// times spread twice as much, for seconds or minutes: so the pairs go where the last ones were fastest, and every
/// fourth looks elsewhere. The choice goes by the times of both sides together, so it favours neither.
class CoreChoice {
 public:
  /// Of so many cores. At most 4 are tried, all over the range: of more than that most are idle.
  explicit CoreChoice(std::size_t cores);

  /// From 0 on.
  [[nodiscard]] std::size_t next() const;
  /// The pair that ran on next().
  void ended(const bench::Baseline& base, const bench::Baseline& changed);

 private:
  using Key = std::pair<std::string, std::string>;  // case, arch
  struct Core {
    std::size_t number = 0;
    std::size_t last_pair = 0;          ///< 0: not tried yet
    std::map<Key, double> log_ns = {};  ///< the sum of both sides' fastest, when last there
  };
  [[nodiscard]] std::size_t chosen() const;
  [[nodiscard]] double slowness(const Core& core) const;

  std::vector<Core> cores_;
  std::size_t pairs_ = 0;
  std::vector<Key> latest_;  // what the last pair had: cores are compared by these alone
};

}  // namespace trilane::cli
