// Ending long work early.
#pragma once

#include <functional>
#include <memory>

#include "rigjit/export.h"

namespace rigjit {

// While one lives, what its thread does in rigjit and may take long (reading a spec, compiling)
// asks `wants_end` every few hundredths of a second. Once that has returned true it is not asked
// again, and the call ends with the error "interrupted"; nothing half made is kept (what compiles
// does so in a thread of its own, which goes on to its end for nobody). `wants_end` is called by
// the same thread, with locks of rigjit held: it must not call rigjit or throw.
//
// Where a thread has several, the one made last holds. Each is to be destroyed by the thread that
// made it, the last one first. Work that other threads do for the call is not asked for.
class RIGJIT_EXPORT Interruptible {
 public:
  explicit Interruptible(std::function<bool()> wants_end);
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace rigjit
