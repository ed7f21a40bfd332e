#include "native/cores.hpp"

namespace trilane::cli {

#ifdef __linux__

Cores::Cores() {
  // It fails on machines of more cores than a cpu_set_t holds: then there is nothing to choose from.
  if (sched_getaffinity(0, sizeof all_, &all_) != 0) return;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &all_)) numbers_.push_back(core);
  }
}

// A sandbox may refuse: the thread then runs where it pleases, as it would without.

std::size_t Cores::count() const { return numbers_.empty() ? 1 : numbers_.size(); }

void Cores::keep_to(std::size_t index) const {
  if (numbers_.size() < 2) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(numbers_[index % numbers_.size()], &one);
  static_cast<void>(sched_setaffinity(0, sizeof one, &one));
}

void Cores::release() const {
  if (numbers_.size() >= 2) static_cast<void>(sched_setaffinity(0, sizeof all_, &all_));
}

#else

Cores::Cores() = default;
std::size_t Cores::count() const { return 1; }
void Cores::keep_to(std::size_t) const {}
void Cores::release() const {}

#endif

}  // namespace trilane::cli
