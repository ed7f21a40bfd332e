#pragma once

#include <array>
#include <string_view>

// A thread's floating-point environment, set by hand: rounding, flushing of subnormals, traps.

#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#endif

namespace trilane::test {

struct FloatEnvironment {
  std::string_view name;
  unsigned long control;  ///< MXCSR, or FPCR on ARM
};

#if defined(__x86_64__) || defined(__i386__)

inline constexpr std::array float_environments{
    FloatEnvironment{"rounds up", 0x1f80 | 0x4000},
    FloatEnvironment{"rounds down", 0x1f80 | 0x2000},
    FloatEnvironment{"rounds toward zero", 0x1f80 | 0x6000},
    FloatEnvironment{"flushes results to zero", 0x1f80 | 0x8000},
    FloatEnvironment{"takes subnormals for zero", 0x1f80 | 0x0040},
    FloatEnvironment{"flushes and rounds up", 0x1f80 | 0x8000 | 0x0040 | 0x4000},
    FloatEnvironment{"traps everything", 0},
};
inline void set_float_environment(unsigned long control) { _mm_setcsr(static_cast<unsigned>(control)); }
inline unsigned long float_environment() { return _mm_getcsr() & ~0x3fU; }
inline constexpr unsigned long default_float_environment = 0x1f80;

#elif defined(__aarch64__)

inline constexpr std::array float_environments{
    FloatEnvironment{"rounds up", 1UL << 22U},
    FloatEnvironment{"rounds down", 2UL << 22U},
    FloatEnvironment{"rounds toward zero", 3UL << 22U},
    FloatEnvironment{"flushes to zero", 1UL << 24U},
    FloatEnvironment{"flushes and rounds up", 1UL << 24U | 1UL << 22U},
};
inline void set_float_environment(unsigned long control) { asm volatile("msr fpcr, %0" : : "r"(control) : "memory"); }
inline unsigned long float_environment() {
  unsigned long control = 0;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
inline constexpr unsigned long default_float_environment = 0;

#else

inline constexpr std::array<FloatEnvironment, 0> float_environments{};
inline void set_float_environment(unsigned long) {}
inline unsigned long float_environment() { return 0; }
inline constexpr unsigned long default_float_environment = 0;

#endif

/// Calls f() in `environment`; returns whether the environment was the same afterwards. The default one is back then.
template <class F>
bool keeps(const FloatEnvironment& environment, const F& f) {
  struct Reset {
    ~Reset() { set_float_environment(default_float_environment); }
  };
  const Reset reset;
  set_float_environment(environment.control);
  f();
  return float_environment() == environment.control;
}

}  // namespace trilane::test
