// What a call needs of numpy: its types, seen without numpy's headers.
#pragma once

#include <pybind11/numpy.h>

#include <cstddef>

namespace rigjit::python {

// Null until import_numpy; constant after. Under the GIL.
struct NumpyTypes {
  PyTypeObject* array = nullptr;
  PyObject* float32 = nullptr;  // numpy keeps one descriptor for the native type
};
inline constinit NumpyTypes numpy_types;

// Throws pybind11::error_already_set.
void import_numpy();

// The elements of exactly a numpy array of native float32, `size` elements, one dimension,
// contiguous and aligned. Null where `object` is anything else, or numpy not imported yet.
inline float* plain_floats(PyObject* object, std::size_t size) noexcept {
  if (Py_TYPE(object) != numpy_types.array) {
    return nullptr;
  }
  constexpr int kPlain = pybind11::detail::npy_api::NPY_ARRAY_C_CONTIGUOUS_ |
                         pybind11::detail::npy_api::NPY_ARRAY_ALIGNED_;
  const auto* array = pybind11::detail::array_proxy(object);
  if (array->descr != numpy_types.float32 || array->nd != 1 ||
      static_cast<std::size_t>(array->dimensions[0]) != size || (array->flags & kPlain) != kPlain) {
    return nullptr;
  }
  return reinterpret_cast<float*>(array->data);
}

// The same, where it may be written to.
inline float* plain_writable_floats(PyObject* object, std::size_t size) noexcept {
  float* floats = plain_floats(object, size);
  if (floats == nullptr || (pybind11::detail::array_proxy(object)->flags &
                            pybind11::detail::npy_api::NPY_ARRAY_WRITEABLE_) == 0) {
    return nullptr;
  }
  return floats;
}

// A new array of (size,) float32, not initialised; null with an exception set.
PyObject* new_float_array(std::size_t size) noexcept;

}  // namespace rigjit::python
