// What keeps librigjit.so within glibc 2.34 and GCC 11's libstdc++ (manylinux_2_34) when it is
// built on newer ones. LLVM's archives ask for two functions that those lack or know under an older
// version; these definitions come first, and the version script hides them.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

extern "C" {

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 36)
// LLVM names temporary files with it.
uint32_t arc4random() noexcept {
  uint32_t value = 0;
  if (::getentropy(&value, sizeof(value)) != 0) std::abort();  // as glibc's own
  return value;
}
#endif

#if defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE >= 12
// std::condition_variable::wait(std::unique_lock<std::mutex>&): GCC 12 gave it a second version,
// which differs from the first in letting a cancelled thread unwind.
__asm__(
    ".symver rigjit_condition_variable_wait, "
    "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");
void rigjit_condition_variable_wait(void* variable, void* lock);
// NOLINTNEXTLINE(bugprone-reserved-identifier): the mangled name
void _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE(void* variable, void* lock) {
  rigjit_condition_variable_wait(variable, lock);
}
#endif

}  // extern "C"
