// Arithmetic that does not depend on the caller's floating-point modes.
#pragma once

#include <cfenv>

namespace rigjit {

// While one lives, the calling thread rounds to nearest and keeps denormals; afterwards its modes
// are what they were. torch.set_flush_denormal and DCCs change them, and columns of length 1e-42
// would then read as zero.
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

}  // namespace rigjit
