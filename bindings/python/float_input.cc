#include "float_input.h"

#include <cstdint>

namespace py = pybind11;

namespace rigjit::python {
namespace {

struct NumpyTypes {
  PyTypeObject* array;
  PyObject* float32;  // numpy keeps one descriptor for the native type
};

// Imports numpy, when first called.
const NumpyTypes& numpy_types() {
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<NumpyTypes> storage;
  return storage
      .call_once_and_store_result([] {
        return NumpyTypes{py::detail::npy_api::get().PyArray_Type_,
                          py::dtype::of<float>().release().ptr()};
      })
      .get_stored();
}

py::object converted(const char* function, py::handle object, std::size_t size) {
  return py::module_::import("rigjit._arrays").attr(function)(object, size);
}

}  // namespace

bool is_plain_vector(PyObject* object, std::size_t size) {
  const NumpyTypes& numpy = numpy_types();
  if (Py_TYPE(object) != numpy.array) {
    return false;
  }
  constexpr int kPlain =
      py::detail::npy_api::NPY_ARRAY_C_CONTIGUOUS_ | py::detail::npy_api::NPY_ARRAY_ALIGNED_;
  const auto* array = py::detail::array_proxy(object);
  return array->descr == numpy.float32 && array->nd == 1 &&
         static_cast<std::size_t>(array->dimensions[0]) == size &&
         (array->flags & kPlain) == kPlain;
}

bool is_plain_output(PyObject* object, std::size_t size, const FloatInput& input) {
  if (!is_plain_vector(object, size)) {
    return false;
  }
  const auto* out = py::detail::array_proxy(object);
  const auto* in = py::detail::array_proxy(input.array().ptr());
  const auto out_begin = reinterpret_cast<uintptr_t>(out->data);
  const auto in_begin = reinterpret_cast<uintptr_t>(in->data);
  const auto in_bytes = static_cast<std::size_t>(in->dimensions[0]) * sizeof(float);
  const bool apart =
      out_begin + size * sizeof(float) <= in_begin || in_begin + in_bytes <= out_begin;
  return (out->flags & py::detail::npy_api::NPY_ARRAY_WRITEABLE_) != 0 && apart;
}

FloatInput::FloatInput(py::object array, std::size_t frames)
    : array_(std::move(array)),
      data_(reinterpret_cast<const float*>(py::detail::array_proxy(array_.ptr())->data)),
      frames_(frames) {}

FloatInput FloatInput::vector(PyObject* vec, std::size_t size) {
  if (is_plain_vector(vec, size)) {
    return {py::reinterpret_borrow<py::object>(vec), 1};
  }
  return {converted("vector", vec, size), 1};
}

FloatInput FloatInput::batch(py::handle vecs, std::size_t size) {
  py::object array = converted("vectors", vecs, size);
  const auto frames = static_cast<std::size_t>(py::detail::array_proxy(array.ptr())->dimensions[0]);
  return {std::move(array), frames};
}

}  // namespace rigjit::python
