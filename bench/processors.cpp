#include "bench/processors.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace trilane::bench {

namespace {

/// Those that the scheduler lets this thread run on.
unsigned processors_of_affinity() {
#ifdef __linux__
  // It fails on machines of more CPUs than a cpu_set_t holds.
  if (cpu_set_t set; sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(CPU_COUNT(&set));
#endif
  return std::thread::hardware_concurrency();
}

/// The quota of one control group. No limit is "max" in version 2 and -1 in version 1: neither is read as a number above 0.
std::optional<unsigned> quota_of(const std::filesystem::path& folder) {
  std::int64_t quota = 0;
  std::int64_t period = 0;
  if (std::ifstream both(folder / "cpu.max"); both) {
    both >> quota >> period;
  } else {
    std::ifstream(folder / "cpu.cfs_quota_us") >> quota;
    std::ifstream(folder / "cpu.cfs_period_us") >> period;
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  const std::int64_t processors = quota / period + (quota % period != 0 ? 1 : 0);
  return static_cast<unsigned>(std::min<std::int64_t>(processors, std::numeric_limits<unsigned>::max()));
}

}  // namespace

std::optional<unsigned> processor_quota(const std::filesystem::path& groups, const std::filesystem::path& mount) {
  std::optional<unsigned> smallest;
  std::ifstream file(groups);
  for (std::string line; std::getline(file, line);) {
    // number:controllers:path, where version 2 has no controllers.
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool second_version = controllers == ",,";
    if (!second_version && controllers.find(",cpu,") == std::string::npos) continue;
    // In a container the path may be the host's, and its groups not there: the root's quota is then the container's.
    const std::filesystem::path root = second_version ? mount : mount / "cpu";
    std::filesystem::path group = std::filesystem::path(line.substr(second + 1)).relative_path();
    for (;;) {
      const std::optional<unsigned> quota = quota_of(root / group);
      if (quota && (!smallest || *quota < *smallest)) smallest = quota;
      if (group.empty()) break;
      group = group.parent_path();
    }
  }
  return smallest;
}

unsigned usable_processors() {
  const unsigned affinity = std::max(1U, processors_of_affinity());
  return std::min(affinity, processor_quota("/proc/self/cgroup", "/sys/fs/cgroup").value_or(affinity));
}

}  // namespace trilane::bench
