// Lets other Python threads run while one is in rigjit.
#pragma once

#include <Python.h>
#include <cxxabi.h>
#include <unistd.h>

namespace rigjit::python {

// Gives the GIL up until the end of the scope. When a process ends, Python before 3.14 unwinds the
// daemon threads that come back for it, and what they unwind through ends in std::terminate; here
// they wait for the end instead, as from 3.14 on.
class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil() {
    try {
      PyEval_RestoreThread(state_);
    } catch (const abi::__forced_unwind&) {
      for (;;) ::pause();
    }
  }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

}  // namespace rigjit::python
