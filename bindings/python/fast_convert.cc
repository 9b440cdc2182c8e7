// One frame a call: raw METH_FASTCALL descriptors. Bytes are written in place.
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "errors.h"
#include "float_input.h"
#include "loaded_rig.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

using Arguments = PyObject* const*;

// The descriptors take only a Rig, and every Rig is loaded: its type has no constructor.
const Rig& rig_of(PyObject* self) {
  auto* instance = reinterpret_cast<py::detail::instance*>(self);
  return static_cast<const LoadedRig*>(instance->get_value_and_holder().value_ptr())->rig;
}

// Puts a call's arguments, given by place or by keyword, in the order of `names`. False with
// TypeError set where one is missing, unknown or given twice.
template <std::size_t count>
bool arrange(const char* function, const char* const (&names)[count], Arguments args,
             Py_ssize_t places, PyObject* keywords, PyObject* (&arranged)[count]) {
  const Py_ssize_t given = places + (keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords));
  if (given != static_cast<Py_ssize_t>(count)) {
    PyErr_Format(PyExc_TypeError, "%s() takes exactly %zu argument%s (%zd given)", function, count,
                 count == 1 ? "" : "s", given);
    return false;
  }
  for (Py_ssize_t i = 0; i < places; ++i) {
    arranged[i] = args[i];
  }
  for (Py_ssize_t i = places; i < given; ++i) {
    PyObject* name = PyTuple_GET_ITEM(keywords, i - places);
    std::size_t place = static_cast<std::size_t>(places);
    while (place < count && PyUnicode_CompareWithASCIIString(name, names[place]) != 0) {
      ++place;
    }
    if (place == count) {
      PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function, name);
      return false;
    }
    arranged[place] = args[i];
  }
  return true;
}

template <typename Function>
PyObject* guarded(Function&& function) noexcept {
  try {
    return function();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

PyObject* message_of(const Rig& rig, const float* vec) {
  auto message = py::reinterpret_steal<py::object>(
      PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(rig.msgpack_size())));
  if (!message) {
    return nullptr;
  }
  const Status status =
      rig.vec_to_rig(vec, reinterpret_cast<uint8_t*>(PyBytes_AS_STRING(message.ptr())));
  if (!status.ok()) {
    set_python_error(status.errors());
    return nullptr;
  }
  return message.release().ptr();
}

PyObject* vec_to_rig(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr const char* kNames[] = {"vec"};
  PyObject* arranged[1];
  const Rig& rig = rig_of(self);
  if (!arrange("vec_to_rig", kNames, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&] {
    if (is_plain_vector(arranged[0], rig.vec_size())) {
      const char* data = py::detail::array_proxy(arranged[0])->data;
      return message_of(rig, reinterpret_cast<const float*>(data));
    }
    const FloatInput vec = FloatInput::vector(arranged[0], rig.vec_size());
    return message_of(rig, vec.data());
  });
}

// A caller's writable memory, held while a frame is written into it.
class WritableBuffer {
 public:
  // Throws ValueError where `object` cannot take `size` bytes, TypeError where it is no buffer.
  WritableBuffer(PyObject* object, std::size_t size) {
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
    if (const char* problem = problem_of(size)) {
      const std::string text = std::string(problem) + ": the message takes " +
                               std::to_string(size) + " bytes, the buffer has " +
                               std::to_string(view_.len);
      PyBuffer_Release(&view_);
      throw py::value_error(text);
    }
  }
  WritableBuffer(const WritableBuffer&) = delete;
  WritableBuffer& operator=(const WritableBuffer&) = delete;
  ~WritableBuffer() { PyBuffer_Release(&view_); }

  [[nodiscard]] uint8_t* data() const noexcept { return static_cast<uint8_t*>(view_.buf); }

 private:
  [[nodiscard]] const char* problem_of(std::size_t size) const {
    if (static_cast<std::size_t>(view_.len) < size) {
      return "buffer is too short";
    }
    // Bytes written over an array of Python objects would be taken for pointers.
    if (view_.format != nullptr && std::strchr(view_.format, 'O') != nullptr) {
      return "buffer holds Python objects";
    }
    return nullptr;
  }

  Py_buffer view_;
};

bool overlap(const void* a, std::size_t a_size, const void* b, std::size_t b_size) {
  const auto a_begin = reinterpret_cast<uintptr_t>(a);
  const auto b_begin = reinterpret_cast<uintptr_t>(b);
  return a_begin < b_begin + b_size && b_begin < a_begin + a_size;
}

PyObject* vec_to_rig_into(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr const char* kNames[] = {"vec", "buffer"};
  PyObject* arranged[2];
  const Rig& rig = rig_of(self);
  if (!arrange("vec_to_rig_into", kNames, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    const std::size_t size = rig.msgpack_size();
    const FloatInput vec = FloatInput::vector(arranged[0], rig.vec_size());
    const WritableBuffer buffer(arranged[1], size);
    if (overlap(vec.data(), rig.vec_size() * sizeof(float), buffer.data(), size)) {
      throw py::value_error("buffer overlaps vec");
    }
    const Status status = rig.vec_to_rig(vec.data(), buffer.data());
    if (!status.ok()) {
      set_python_error(status.errors());
      return nullptr;
    }
    return PyLong_FromSize_t(size);
  });
}

PyCFunction as_method(PyObject* (*function)(PyObject*, Arguments, Py_ssize_t, PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

// Referred to by the descriptors as long as the process lives.
PyMethodDef methods[] = {
    {"vec_to_rig", as_method(vec_to_rig), METH_FASTCALL | METH_KEYWORDS,
     "vec_to_rig($self, /, vec)\n--\n\n"
     "One frame as MessagePack: {controller: {attribute: float32}}.\n\n"
     "vec: (vec_size,) floats. Raises RigError where a value has no meaning (not finite, a zero "
     "or\n"
     "parallel rotation column), naming controller and attribute."},
    {"vec_to_rig_into", as_method(vec_to_rig_into), METH_FASTCALL | METH_KEYWORDS,
     "vec_to_rig_into($self, /, vec, buffer)\n--\n\n"
     "Like vec_to_rig, into the first msgpack_size bytes of a writable contiguous buffer.\n\n"
     "Returns the bytes written. ValueError, with nothing written, where the buffer is short or\n"
     "read-only. After a RigError the numbers in the buffer are unspecified."},
};

}  // namespace

void bind_fast_conversions(RigClass& rig) {
  for (PyMethodDef& method : methods) {
    PyObject* descriptor = PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(rig.ptr()), &method);
    if (descriptor == nullptr) {
      throw py::error_already_set();
    }
    rig.attr(method.ml_name) = py::reinterpret_steal<py::object>(descriptor);
  }
}

}  // namespace rigjit::python
