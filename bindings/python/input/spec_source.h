// A spec's file, read so that Python's own exceptions tell what went wrong.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "rigjit/spec_source.h"

namespace rigjit::python {

// A str, bytes or path-like object as the bytes that the system takes.
std::string file_name(const pybind11::object& path);

// Raises OSError with errno and filename where it cannot be read, RigError where it is too large.
SpecSource read_spec_file(const pybind11::object& path);

}  // namespace rigjit::python
