#include "input/vector_input.h"

#include <cstdint>
#include <cstring>

#include "input/dlpack_tensor.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

bool is_aligned(const void* data) {
  return reinterpret_cast<uintptr_t>(data) % alignof(float) == 0;
}

bool holds_floats(const Py_buffer& view, std::size_t size) {
  return view.ndim == 1 && static_cast<std::size_t>(view.len) == size * sizeof(float) &&
         view.format != nullptr && std::strcmp(view.format, "f") == 0 && is_aligned(view.buf);
}

}  // namespace

// array.array, memoryview, jax.Array, ...; false where it holds something else.
bool VectorInput::take_buffer(PyObject* vec, std::size_t size) {
  PyObject* memory = PyMemoryView_FromObject(vec);
  if (memory == nullptr) {
    PyErr_Clear();
    return false;
  }
  const Py_buffer& view = *PyMemoryView_GET_BUFFER(memory);
  if (!holds_floats(view, size) || PyBuffer_IsContiguous(&view, 'C') == 0) {
    Py_DECREF(memory);
    return false;
  }
  owner_ = memory;
  data_ = static_cast<const float*>(view.buf);
  return true;
}

void VectorInput::take(PyObject* vec, std::size_t size) {
  // An empty vector may have no memory; numpy's always do.
  data_ = size != 0 ? dlpack_floats(vec, size) : nullptr;
  if (data_ != nullptr) {
    return;
  }
  import_numpy();
  data_ = plain_floats(vec, size);
  if (data_ != nullptr) {
    return;
  }
  // A class derived from numpy's array may hide something, as masked arrays do.
  if (size != 0 && PyObject_CheckBuffer(vec) != 0 &&
      PyObject_TypeCheck(vec, numpy_types.array) == 0 && take_buffer(vec, size)) {
    return;
  }
  py::object array = arrays_module().attr("vector")(py::handle(vec), size);
  data_ = reinterpret_cast<const float*>(py::detail::array_proxy(array.ptr())->data);
  owner_ = array.release().ptr();
}

}  // namespace rigjit::python
