// Tensors whose type offers DLPack's C functions (torch >= 2.10, tvm-ffi, ...): a look at their
// memory that costs no Python call.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>

namespace rigjit::python {

// The elements of a float32 tensor of (size,), contiguous, in the CPU's memory, that no gradient is
// recorded for: valid while the GIL is held and `tensor` alive. Null, and no exception set, for
// anything else.
const float* dlpack_floats(PyObject* tensor, std::size_t size);

}  // namespace rigjit::python
