#pragma once

#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#elif !defined(__aarch64__) && !defined(__EMSCRIPTEN__)
#include <cfenv>
#endif

// A thread's floating-point environment: how it rounds, whether it flushes subnormals to zero, what it traps. Results must not
// depend on the caller's. So a call that computes with floats looks at it first, and repeats itself in the default one where
// the caller has another:
//
//   void quantize(…) {
//     if (!environment_is_default()) return in_default_environment([=] { quantize(…); });
//     …
//
// What follows then runs in the default environment alone, which compilers take for granted: they may move arithmetic anywhere
// within it. A look is one instruction and a comparison; parameters are captured as copies, so that they stay in registers where
// the look is all. The thread's exception flags are unspecified afterwards.

namespace trilane {

/// Rounds to nearest, flushes nothing, traps nothing. Always true in WebAssembly, which has no other environment.
[[gnu::always_inline]] inline bool environment_is_default() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  constexpr unsigned exception_flags = 0x3f;
  return (_mm_getcsr() & ~exception_flags) == 0x1f80;
#elif defined(__aarch64__)
  unsigned long control = 0;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control == 0;
#elif defined(__EMSCRIPTEN__)
  return true;
#else  // of the rounding mode alone, as far as the C library tells: not of flush-to-zero on 32-bit ARM
  return std::fegetround() == FE_TONEAREST;
#endif
}

/// Calls work(context) in the default environment; the caller's is back afterwards, also when `work` throws.
void call_in_default_environment(void (*work)(void* context), void* context);

/// Calls work() so.
template <class Work>
void in_default_environment(Work work) {
  call_in_default_environment([](void* context) { (*static_cast<Work*>(context))(); }, &work);
}

}  // namespace trilane
