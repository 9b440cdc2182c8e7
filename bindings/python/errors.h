// rigjit's errors as Python's exceptions.
#pragma once

#include <pybind11/pybind11.h>

#include "rigjit/error.h"

namespace rigjit::python {

// Sets RigError, TypeError or OSError by the first error's category. The GIL is held.
void set_python_error(const Errors& errors);

// The same as a C++ exception, for functions that pybind11 calls.
[[noreturn]] void throw_python_error(const Errors& errors);

void bind_error(pybind11::module_& module);

}  // namespace rigjit::python
