#pragma once

#ifdef __linux__
#include <sched.h>
#endif

#include <cstddef>
#include <vector>

namespace trilane::cli {

/// Which of the cores that this process may run on its thread keeps to. Cores of one machine are not equally fast: some have a busy
/// neighbour. Where the system has no such thing, nothing happens.
class Cores {
 public:
  Cores();

  /// How many it may run on; 1 where the system does not tell.
  [[nodiscard]] std::size_t count() const;

  /// This thread, and those that it starts from now on, stay on one core: the one with this index, counted around.
  void keep_to(std::size_t index) const;
  /// They may run on all again.
  void release() const;

 private:
#ifdef __linux__
  cpu_set_t all_{};
  std::vector<int> numbers_;
#endif
};

}  // namespace trilane::cli
