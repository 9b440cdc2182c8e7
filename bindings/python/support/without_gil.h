// Lets other Python threads run while one is in rigjit.
#pragma once

#include <Python.h>
#include <cxxabi.h>
#include <unistd.h>

#include <optional>

#include "rigjit/interruptible.h"

namespace rigjit::python {

// Whether Ctrl-C was pressed and would raise KeyboardInterrupt, as it does unless the program
// handles SIGINT itself. The signal is then taken: PyErr_SetInterrupt() gives it back. For the main
// thread, with the GIL held. Runs no signal handler, so that it may be called with locks held.
bool takes_keyboard_interrupt();

// Where a thread goes that Python unwinds. When a process ends, Python before 3.14 unwinds the
// daemon threads that come back for the GIL, and a noexcept function or a destructor that they
// unwind through ends in std::terminate; so they are caught there (abi::__forced_unwind) and wait
// for the end, as from 3.14 on. They do not hold the GIL.
[[noreturn]] inline void wait_for_the_end() {
  for (;;) ::pause();
}

// Gives the GIL up until the end of the scope.
//
// In the main thread Ctrl-C ends what rigjit does meanwhile, while it reads a spec or compiles,
// with the error "interrupted", which set_python_error turns into the KeyboardInterrupt.
class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {
    if (::getpid() == ::gettid()) {
      interruptible_.emplace([this] { return look(); });
    }
  }
  ~WithoutGil() {
    interruptible_.reset();
    try {
      PyEval_RestoreThread(state_);
    } catch (const abi::__forced_unwind&) {
      wait_for_the_end();
    }
    if (is_interrupted_) {
      PyErr_SetInterrupt();
    }
  }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  bool look() {
    PyEval_RestoreThread(state_);
    is_interrupted_ = takes_keyboard_interrupt();
    state_ = PyEval_SaveThread();
    return is_interrupted_;
  }

  PyThreadState* state_;
  bool is_interrupted_ = false;
  std::optional<Interruptible> interruptible_;
};

}  // namespace rigjit::python
