// Arithmetic that does not depend on the caller's floating-point modes.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#else
#include <cfenv>
#endif

namespace rigjit {

// While one lives, the calling thread rounds to nearest, keeps denormals and traps nothing;
// afterwards its modes are what they were. torch.set_flush_denormal and DCCs change them, and
// columns of length 1e-42 would then read as zero. Whatever computes what is kept or compared
// (specs, plans, code, the reference, text) holds one. A few cycles where the modes are those
// already.
#if defined(__x86_64__)
class DefaultFloatEnv {
 public:
  // rigjit computes in SSE registers alone: what x87's modes are does not matter.
  DefaultFloatEnv() : saved_(_mm_getcsr()) { set(kDefault); }
  ~DefaultFloatEnv() { set(saved_); }
  DefaultFloatEnv(const DefaultFloatEnv&) = delete;
  DefaultFloatEnv& operator=(const DefaultFloatEnv&) = delete;

 private:
  static constexpr unsigned kDefault = 0x1F80;
  static constexpr unsigned kFlags = 0x3F;  // what happened, no modes

  void set(unsigned modes) const {
    if ((saved_ & ~kFlags) != kDefault) _mm_setcsr(modes);
    asm volatile("" ::: "memory");  // the compiler does not know what depends on the modes
  }

  unsigned saved_;
};
#else
class DefaultFloatEnv {
 public:
  DefaultFloatEnv() {
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatEnv() { std::fesetenv(&saved_); }
  DefaultFloatEnv(const DefaultFloatEnv&) = delete;
  DefaultFloatEnv& operator=(const DefaultFloatEnv&) = delete;

 private:
  std::fenv_t saved_;
};
#endif

}  // namespace rigjit
