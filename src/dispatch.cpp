#include <atomic>
#include <cstdlib>
#include <string>
#include <type_traits>

#include "kernels/registry.hpp"
#include "trilane/arch.hpp"
#include "trilane/error.hpp"
#include "xsimd/xsimd.hpp"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace trilane {

// One table and one question "can this CPU run it" an arch. The question is answered here, in a unit that is compiled for
// the least CPU, and never in the arch's own.
struct ALWAYS {};
/// Runs wherever its module loads, if it computes what it should: relaxed WASM instructions may differ between processors.
struct SELF_CHECKED {};
/// The dot product of Armv8.2, about which xsimd does not ask.
struct DOTPROD {};

namespace {

[[maybe_unused]] bool has_dotprod() noexcept {
#if defined(__aarch64__) && defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
  return true;  // every processor of Apple's that runs arm64 on a desk has it
#endif
}

template <class Tag>
bool cpu_has(const KernelTable& table) noexcept {
  if constexpr (std::is_same_v<Tag, ALWAYS>) return true;
  if constexpr (std::is_same_v<Tag, SELF_CHECKED>) return table.products_are_exact();
  if constexpr (std::is_same_v<Tag, DOTPROD>) return has_dotprod();
  if constexpr (std::is_base_of_v<xsimd::generic, Tag>) return xsimd::available_architectures().has(Tag{});
}

}  // namespace

#define TRILANE_ARCH(arch, tag)                              \
  extern const KernelTable table_##arch;                     \
  bool runnable_##arch() noexcept {                          \
    static const bool runnable = cpu_has<tag>(table_##arch); \
    return runnable;                                         \
  }
#include "arch/archs.inc"
#undef TRILANE_ARCH

namespace {

constexpr Arch all[] = {
#define TRILANE_ARCH(arch, tag) Arch(table_##arch),
#include "arch/archs.inc"
#undef TRILANE_ARCH
};

std::atomic<const KernelTable*> chosen = nullptr;

Arch fastest_runnable() noexcept {
  Arch best = all[0];
  for (const Arch& arch : all) {
    if (arch.runnable()) best = arch;
  }
  return best;
}

void require_runnable(const Arch& arch) {
  if (!arch.runnable()) {
    throw Error(ErrorCode::unsupported_arch,
                "arch '" + std::string(arch.name()) + "' is in this build, but this CPU does not have it");
  }
}

}  // namespace

std::string_view Arch::name() const noexcept { return kernels_->arch; }
bool Arch::runnable() const noexcept { return kernels_->runnable(); }

std::span<const Arch> archs() noexcept { return all; }

Arch find_arch(std::string_view name) {
  std::string known;
  for (const Arch& arch : all) {
    if (arch.name() == name) {
      require_runnable(arch);
      return arch;
    }
    known += (known.empty() ? "" : ", ") + std::string(arch.name());
  }
  throw Error(ErrorCode::invalid_argument, "unknown arch '" + std::string(name) + "'; this build has " + known);
}

namespace {

Arch arch_of_environment(const char* name) {
  try {
    return find_arch(name);
  } catch (const Error& error) {
    throw Error(error.code(), std::string("the environment variable TRILANE_ARCH: ") + error.what());
  }
}

}  // namespace

Arch active_arch() {
  if (const KernelTable* kernels = chosen.load(std::memory_order_acquire)) return Arch(*kernels);
  const char* forced = std::getenv("TRILANE_ARCH");
  const Arch arch = forced != nullptr && *forced != '\0' ? arch_of_environment(forced) : fastest_runnable();
  // A choice that another thread has made by set_active_arch() meanwhile stands.
  const KernelTable* none = nullptr;
  chosen.compare_exchange_strong(none, &arch.kernels(), std::memory_order_acq_rel);
  return none == nullptr ? arch : Arch(*none);
}

void set_active_arch(Arch arch) {
  require_runnable(arch);
  chosen.store(&arch.kernels(), std::memory_order_release);
}

}  // namespace trilane
