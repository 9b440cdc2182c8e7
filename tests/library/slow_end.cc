// Preloaded: keeps a process alive for a while after every other library has been destroyed, so
// that its threads meet what is gone.
#include <unistd.h>

namespace {

constexpr useconds_t kLong = 300'000;  // microseconds

[[gnu::destructor]] void wait_at_the_end() { ::usleep(kLong); }

}  // namespace
