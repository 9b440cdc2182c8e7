#include "support/without_gil.h"

#include <pybind11/pybind11.h>

#include <csignal>

namespace py = pybind11;

namespace rigjit::python {

bool takes_keyboard_interrupt() {
  try {
    const py::module_ signals = py::module_::import("_signal");  // built in, imported at the start
    const py::object handler = signals.attr("getsignal")(SIGINT);
    return handler.is(signals.attr("default_int_handler")) && PyOS_InterruptOccurred() != 0;
  } catch (const py::error_already_set&) {  // no memory
    return false;
  }
}

}  // namespace rigjit::python
