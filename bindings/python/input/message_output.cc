#include "input/message_output.h"

#include <cstring>
#include <string>

#include "input/numpy_array.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

constexpr int kNoMessage = 0xc1;

// The memory of a bytearray or of a plain array of `size` bytes, which costs no export; null for
// anything else. Without a GIL another thread might resize it: only an export keeps it then.
uint8_t* plain_bytes(PyObject* out, std::size_t size) noexcept {
#ifdef Py_GIL_DISABLED
  static_cast<void>(out), static_cast<void>(size);
#else
  if (PyByteArray_CheckExact(out) != 0) {
    return static_cast<std::size_t>(PyByteArray_GET_SIZE(out)) == size
               ? reinterpret_cast<uint8_t*>(PyByteArray_AS_STRING(out))
               : nullptr;
  }
  const auto* array = plain_array(out, numpy_types.uint8, 1);
  if (array != nullptr && is_writable(*array) &&
      static_cast<std::size_t>(array->dimensions[0]) == size) {
    return reinterpret_cast<uint8_t*>(array->data);
  }
#endif
  return nullptr;
}

std::string problem_of(const Py_buffer& view, std::size_t size) {
  // Bytes written over an array of Python objects would be taken for pointers.
  if (view.format != nullptr && std::strchr(view.format, 'O') != nullptr) {
    return "out holds Python objects";
  }
  const auto given = static_cast<std::size_t>(view.len);
  if (given == size) {
    return {};
  }
  std::string text = std::string("out is too ") + (given < size ? "short" : "long") +
                     ": the message takes " + std::to_string(size) + " bytes, out has " +
                     std::to_string(given);
  if (given > size) {
    text += "; pass memoryview(out)[:rig.msgpack_size]";
  }
  return text;
}

}  // namespace

MessageOutput::MessageOutput(PyObject* out, std::size_t size) : out_(out), size_(size) {
  if (plain_bytes(out, size) != nullptr) [[likely]] {
    return;
  }
  if (is_masked(out)) {
    throw py::type_error("out is a masked array; pass out.data");
  }
  if (PyObject_CheckBuffer(out) == 0) {
    PyErr_Format(PyExc_TypeError,
                 "out must be a writable buffer (bytearray, memoryview, numpy array), not %.100s",
                 Py_TYPE(out)->tp_name);
    throw py::error_already_set();
  }
  if (PyObject_GetBuffer(out, &view_, PyBUF_CONTIG | PyBUF_FORMAT) != 0) {
    PyErr_Clear();
    throw py::value_error("out must be writable and contiguous");
  }
  if (const std::string problem = problem_of(view_, size); !problem.empty()) {
    PyBuffer_Release(&view_);
    throw py::value_error(problem);
  }
  has_view_ = true;
}

MessageOutput::~MessageOutput() {
  if (has_view_) {
    PyBuffer_Release(&view_);
  }
}

uint8_t* MessageOutput::data() const {
  if (has_view_) {
    return static_cast<uint8_t*>(view_.buf);
  }
  uint8_t* bytes = plain_bytes(out_, size_);
  if (bytes == nullptr) [[unlikely]] {
    throw py::value_error("out changed while vec was read");
  }
  return bytes;
}

void MessageOutput::spoil() const noexcept {
  void* bytes = has_view_ ? view_.buf : plain_bytes(out_, size_);
  if (bytes != nullptr) {
    std::memset(bytes, kNoMessage, size_);
  }
}

}  // namespace rigjit::python
