#pragma once

#include <filesystem>
#include <optional>

namespace trilane::bench {

/// Returns the number of CPUs that this thread may use: those of its affinity, and no more than the quotas of its control groups.
/// At least 1.
unsigned usable_processors();

/// Returns the CPUs, rounded up, of the smallest quota in the control groups that a file like /proc/self/cgroup names and in those
/// above them, or nothing where there is none. `mount` is a folder like /sys/fs/cgroup.
std::optional<unsigned> processor_quota(const std::filesystem::path& groups, const std::filesystem::path& mount);

}  // namespace trilane::bench
