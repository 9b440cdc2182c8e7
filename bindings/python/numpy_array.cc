#include "numpy_array.h"

namespace py = pybind11;

namespace rigjit::python {

void import_numpy() {
  // Threads that come here together write the same.
  if (numpy_types.array == nullptr) {
    numpy_types.float32 = py::dtype::of<float>().release().ptr();
    numpy_types.array = py::detail::npy_api::get().PyArray_Type_;
  }
}

PyObject* new_float_array(std::size_t size) noexcept {
  static const auto make = py::detail::npy_api::get().PyArray_NewFromDescr_;
  const auto length = static_cast<Py_intptr_t>(size);
  Py_INCREF(numpy_types.float32);  // the call takes one reference
  return make(numpy_types.array, numpy_types.float32, 1, &length, nullptr, nullptr, 0, nullptr);
}

}  // namespace rigjit::python
