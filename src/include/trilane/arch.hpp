#pragma once

#include <span>
#include <string_view>

#include "trilane/api.h"

namespace trilane {

struct KernelTable;  // src/kernels/registry.hpp: internal

/// One instruction set that the kernels were compiled for: scalar, ssse3, avx2, simd128 …
/// A value type of one pointer; every Arch comes from archs(), find_arch() or active_arch().
class TRILANE_API Arch {
 public:
  /// "scalar", "avx2", …; also what the TRILANE_ARCH environment variable takes.
  [[nodiscard]] std::string_view name() const noexcept;
  /// True if this CPU (or WASM engine) can run it.
  [[nodiscard]] bool runnable() const noexcept;
  [[nodiscard]] const KernelTable& kernels() const noexcept { return *kernels_; }

  friend bool operator==(const Arch&, const Arch&) = default;

  explicit constexpr Arch(const KernelTable& kernels) noexcept : kernels_(&kernels) {}

 private:
  const KernelTable* kernels_;
};

/// All archs of this build, the slowest first; scalar is always there and always runnable.
TRILANE_API std::span<const Arch> archs() noexcept;

/// The arch of that name. Throws invalid_argument for a name this build does not have (the message lists
/// those it has) and unsupported_arch for one that this CPU lacks.
TRILANE_API Arch find_arch(std::string_view name);

/// The arch that calls use when none is given: the one set by set_active_arch(), else the environment
/// variable TRILANE_ARCH, else the fastest runnable one. Throws as find_arch() if the variable is wrong.
TRILANE_API Arch active_arch();

/// Makes `arch` the default of all threads. Throws unsupported_arch if this CPU lacks it.
TRILANE_API void set_active_arch(Arch arch);

}  // namespace trilane
