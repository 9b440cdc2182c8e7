#include "input/numpy_array.h"

#include <cstdint>

#include "support/late_import.h"

namespace py = pybind11;

namespace rigjit::python {

void import_numpy() {
  if (numpy_types.array != nullptr) {
    return;
  }
  // pybind11 too imports what it needs of numpy only now, in npy_api::get.
  const LateImports held;
  numpy_types.arrays_module = py::module_::import("rigjit._arrays").release().ptr();
  numpy_types.float32 = py::dtype::of<float>().release().ptr();
  numpy_types.uint8 = py::dtype::of<uint8_t>().release().ptr();
  numpy_types.array = py::detail::npy_api::get().PyArray_Type_;
}

py::handle arrays_module() {
  import_numpy();
  return numpy_types.arrays_module.load();
}

bool is_masked(py::handle array) {
  return Py_TYPE(array.ptr()) != numpy_types.array && py::hasattr(array, "mask") &&
         py::hasattr(array, "filled");
}

PyObject* new_float_array(std::size_t size) noexcept {
  static const auto make = py::detail::npy_api::get().PyArray_NewFromDescr_;
  const auto length = static_cast<Py_intptr_t>(size);
  Py_INCREF(numpy_types.float32);  // the call takes one reference
  return make(numpy_types.array, numpy_types.float32, 1, &length, nullptr, nullptr, 0, nullptr);
}

}  // namespace rigjit::python
