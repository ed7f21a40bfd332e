#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trilane::bench {

/// A random permutation of 0 … count − 1 that depends on `seed` alone (Fisher and Yates' shuffle): the order in which the bench
/// page runs its cases for the same seed.
std::vector<std::size_t> shuffled(std::size_t count, std::uint32_t seed);

}  // namespace trilane::bench
