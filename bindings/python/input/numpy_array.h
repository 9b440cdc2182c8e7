// What a call needs of numpy: its types, seen without numpy's headers.
#pragma once

#include <pybind11/numpy.h>

#include <atomic>
#include <cstddef>

namespace rigjit::python {

// Null until import_numpy; constant after.
struct NumpyTypes {
  std::atomic<PyTypeObject*> array = nullptr;  // set last
  std::atomic<PyObject*> float32 = nullptr;    // numpy keeps one descriptor for each native type
  std::atomic<PyObject*> uint8 = nullptr;
  std::atomic<PyObject*> arrays_module = nullptr;  // rigjit._arrays
};
inline constinit NumpyTypes numpy_types;

// Imports numpy when it is first needed: to be called before pybind11::array or dtype is used.
// Throws pybind11::error_already_set.
void import_numpy();

// rigjit._arrays, with numpy imported. Throws pybind11::error_already_set.
pybind11::handle arrays_module();

// `object` as exactly a numpy array of a native type, given by numpy's own descriptor of it, of
// `rank` dimensions, contiguous and aligned. Null where it is anything else, or numpy not imported
// yet.
inline const pybind11::detail::PyArray_Proxy* plain_array(PyObject* object,
                                                          const PyObject* descriptor,
                                                          int rank) noexcept {
  if (Py_TYPE(object) != numpy_types.array) {
    return nullptr;
  }
  constexpr int kPlain = pybind11::detail::npy_api::NPY_ARRAY_C_CONTIGUOUS_ |
                         pybind11::detail::npy_api::NPY_ARRAY_ALIGNED_;
  const auto* array = pybind11::detail::array_proxy(object);
  return array->descr == descriptor && array->nd == rank && (array->flags & kPlain) == kPlain
             ? array
             : nullptr;
}

inline bool is_writable(const pybind11::detail::PyArray_Proxy& array) noexcept {
  return (array.flags & pybind11::detail::npy_api::NPY_ARRAY_WRITEABLE_) != 0;
}

// The elements of a plain vector of `size` floats; null where `object` is none.
inline float* plain_floats(PyObject* object, std::size_t size) noexcept {
  const auto* array = plain_array(object, numpy_types.float32, 1);
  return array != nullptr && static_cast<std::size_t>(array->dimensions[0]) == size
             ? reinterpret_cast<float*>(array->data)
             : nullptr;
}

// The same, where it may be written to.
inline float* plain_writable_floats(PyObject* object, std::size_t size) noexcept {
  float* floats = plain_floats(object, size);
  return floats != nullptr && is_writable(*pybind11::detail::array_proxy(object)) ? floats
                                                                                  : nullptr;
}

// Whether an array hides some of its elements, as numpy.ma's do. Throws.
bool is_masked(pybind11::handle array);

// A new array of (size,) float32, not initialised; null with an exception set.
PyObject* new_float_array(std::size_t size) noexcept;

}  // namespace rigjit::python
