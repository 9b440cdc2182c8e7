// One frame's vector, in whatever form a caller has it.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>

#include "input/numpy_array.h"

namespace rigjit::python {

// vec: a numpy array, a tensor or buffer of float32 (as it is, without a copy), or whatever else
// rigjit._arrays.vector takes. Borrows `vec` and its memory, which other threads may resize: to be
// made last, with nothing but the conversion while it lives. Throws pybind11::error_already_set.
class VectorInput {
 public:
  VectorInput(PyObject* vec, std::size_t size) : data_(plain_floats(vec, size)) {
    if (data_ == nullptr) [[unlikely]] {
      take(vec, size);
    }
  }
  VectorInput(const VectorInput&) = delete;
  VectorInput& operator=(const VectorInput&) = delete;
  ~VectorInput() { Py_XDECREF(owner_); }

  // `size` floats, aligned; never null.
  [[nodiscard]] const float* data() const noexcept { return data_; }

 private:
  [[gnu::cold]] void take(PyObject* vec, std::size_t size);
  bool take_buffer(PyObject* vec, std::size_t size);

  const float* data_;
  PyObject* owner_ = nullptr;  // what keeps the memory, where `vec` alone does not
};

}  // namespace rigjit::python
