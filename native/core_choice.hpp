#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/baseline.hpp"

namespace trilane::cli {

/// Which core the next pair of launches runs on. A core with a busy neighbour is slower by up to a quarter, and its times spread
/// twice as much, for seconds or minutes: so the pairs go where the last ones were fastest, and every fourth looks elsewhere.
/// The choice goes by how fast both sides were together, so it favours neither.
class CoreChoice {
 public:
  /// Of so many cores; more than 4 are not tried, since then most are idle.
  explicit CoreChoice(std::size_t cores);

  [[nodiscard]] std::size_t next() const;
  /// The pair that ran on it. Its slowness is the mean over its cases and sides of log(fastest sample/fastest of all pairs).
  void ended(std::size_t core, const bench::Baseline& base, const bench::Baseline& changed);

 private:
  struct Core {
    std::size_t last_pair = 0;  ///< 0: not tried yet
    double slowness = 0;        ///< of its last pair
  };
  std::vector<Core> cores_;
  std::size_t pairs_ = 0;
  std::map<std::pair<std::string, std::string>, double> fastest_[2];  // log of ns, by case and arch, of each side
};

}  // namespace trilane::cli
