// A caller's vector or batch as float32 in C order.
#pragma once

#include <pybind11/numpy.h>

#include <cstddef>

namespace rigjit::python {

class FloatInput {
 public:
  // vec: anything that rigjit._arrays.vector takes. Throws pybind11::error_already_set.
  static FloatInput vector(PyObject* vec, std::size_t size);
  // vecs: (n, size).
  static FloatInput batch(pybind11::handle vecs, std::size_t size);

  // Valid as long as this object; not null unless the batch is empty.
  [[nodiscard]] const float* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
  // The converted array, to tell whether an output overlaps it.
  [[nodiscard]] pybind11::handle array() const noexcept { return array_; }

 private:
  FloatInput(pybind11::object array, std::size_t frames);

  pybind11::object array_;  // keeps the memory
  const float* data_;
  std::size_t frames_;
};

// Whether `object` is exactly a numpy array of native float32, `size` elements, one dimension,
// contiguous and aligned: nothing has to be converted.
bool is_plain_vector(PyObject* object, std::size_t size);

// Whether `object` is such an array, writable, and shares no memory with `input`.
bool is_plain_output(PyObject* object, std::size_t size, const FloatInput& input);

}  // namespace rigjit::python
