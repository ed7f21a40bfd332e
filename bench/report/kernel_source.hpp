#pragma once

#include <string_view>

namespace trilane::bench {

/// The file of the repository that has the kernel of an operation: the generic one that all vector archs are compiled from, or
/// the scalar reference. Empty for an operation that is none of the suite's.
std::string_view kernel_source(std::string_view op, std::string_view arch) noexcept;

}  // namespace trilane::bench
