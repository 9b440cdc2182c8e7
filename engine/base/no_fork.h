// Keeps fork() and what must not be cut in half by it apart.
#pragma once

namespace rigjit {

// While one exists, fork() waits in every thread but this one. A child so never inherits a lock of
// rigjit or LLVM that a thread it does not have was holding, and can load and use rigs at once.
// Take it before the lock, and hold it over whatever is done under the lock.
//
// Thread-safe, and may be nested. While a fork waits or runs, the outermost of a thread waits for
// it; so never wait, while holding one, for another thread that may yet have to take its first.
class NoFork {
 public:
  NoFork();
  ~NoFork();
  NoFork(const NoFork&) = delete;
  NoFork& operator=(const NoFork&) = delete;
};

}  // namespace rigjit
