#include "input/writable_buffer.h"

#include <cstring>
#include <string>

namespace py = pybind11;

namespace rigjit::python {
namespace {

const char* problem_of(const Py_buffer& view, std::size_t size) {
  if (static_cast<std::size_t>(view.len) < size) {
    return "buffer is too short";
  }
  // Bytes written over an array of Python objects would be taken for pointers.
  if (view.format != nullptr && std::strchr(view.format, 'O') != nullptr) {
    return "buffer holds Python objects";
  }
  return nullptr;
}

}  // namespace

WritableBuffer::WritableBuffer(PyObject* object, std::size_t size) {
  if (PyObject_CheckBuffer(object) == 0) {
    PyErr_Format(
        PyExc_TypeError,
        "buffer must be a writable buffer (bytearray, memoryview, numpy array), not %.100s",
        Py_TYPE(object)->tp_name);
    throw py::error_already_set();
  }
  if (PyObject_GetBuffer(object, &view_, PyBUF_CONTIG | PyBUF_FORMAT) != 0) {
    PyErr_Clear();
    throw py::value_error("buffer must be writable and contiguous");
  }
  if (const char* problem = problem_of(view_, size)) {
    const std::string text = std::string(problem) + ": the message takes " + std::to_string(size) +
                             " bytes, the buffer has " + std::to_string(view_.len);
    PyBuffer_Release(&view_);
    throw py::value_error(text);
  }
}

}  // namespace rigjit::python
