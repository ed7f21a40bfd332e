#include "float_environment.hpp"

namespace trilane {

namespace {

#if defined(__x86_64__) || defined(__i386__)

class DefaultEnvironment {
 public:
  DefaultEnvironment() noexcept { _mm_setcsr(0x1f80); }
  ~DefaultEnvironment() { _mm_setcsr(before_); }
  DefaultEnvironment(const DefaultEnvironment&) = delete;
  DefaultEnvironment& operator=(const DefaultEnvironment&) = delete;

 private:
  unsigned before_ = _mm_getcsr();
};

#elif defined(__aarch64__)

class DefaultEnvironment {
 public:
  DefaultEnvironment() noexcept {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    set(0);
  }
  ~DefaultEnvironment() { set(before_); }
  DefaultEnvironment(const DefaultEnvironment&) = delete;
  DefaultEnvironment& operator=(const DefaultEnvironment&) = delete;

 private:
  static void set(unsigned long control) noexcept { asm volatile("msr fpcr, %0" : : "r"(control) : "memory"); }
  unsigned long before_ = 0;
};

#elif defined(__EMSCRIPTEN__)

struct DefaultEnvironment {};

#else

class DefaultEnvironment {
 public:
  DefaultEnvironment() noexcept {
    std::feholdexcept(&before_);
    std::fesetround(FE_TONEAREST);
  }
  ~DefaultEnvironment() { std::fesetenv(&before_); }
  DefaultEnvironment(const DefaultEnvironment&) = delete;
  DefaultEnvironment& operator=(const DefaultEnvironment&) = delete;

 private:
  std::fenv_t before_;
};

#endif

}  // namespace

void call_in_default_environment(void (*work)(void* context), void* context) {
  [[maybe_unused]] const DefaultEnvironment environment;
  asm volatile("" : "+r"(work) : : "memory");  // not inlined: arithmetic must not move out of it
  work(context);
}

}  // namespace trilane
