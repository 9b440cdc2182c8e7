// vec_to_rig and vec_to_rig_into: one frame as MessagePack, written in place.
#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/vector_input.h"
#include "input/writable_buffer.h"
#include "support/errors.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

PyObject* vec_to_rig(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<1> kSignature{"vec_to_rig", {"vec"}};
  PyObject* arranged[1];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    const LoadedRig& loaded = rig_of(self);
    const VectorInput vec(arranged[0], loaded.vec_size);
    PyObject* message =
        PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(loaded.msgpack_size));
    if (message == nullptr) {
      return nullptr;
    }
    auto* out = reinterpret_cast<uint8_t*>(PyBytes_AS_STRING(message));
    if (!loaded.message_kernel(vec.data(), out) &&
        !succeeded([&] { return loaded.rig.vec_to_rig(vec.data(), out); })) {
      Py_DECREF(message);
      return nullptr;
    }
    return message;
  });
}

PyObject* vec_to_rig_into(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<2> kSignature{"vec_to_rig_into", {"vec", "buffer"}};
  PyObject* arranged[2];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    const LoadedRig& loaded = rig_of(self);
    const std::size_t size = loaded.msgpack_size;
    const VectorInput vec(arranged[0], loaded.vec_size);
    const WritableBuffer buffer(arranged[1], size);
    if (overlap(vec.data(), loaded.vec_size * sizeof(float), buffer.data(), size)) {
      throw py::value_error("buffer overlaps vec");
    }
    if (!loaded.message_kernel(vec.data(), buffer.data()) &&
        !succeeded([&] { return loaded.rig.vec_to_rig(vec.data(), buffer.data()); })) {
      return nullptr;
    }
    return PyLong_FromSize_t(size);
  });
}

PyMethodDef vec_to_rig_method = fast_method(
    "vec_to_rig", vec_to_rig,
    "vec_to_rig($self, /, vec)\n--\n\n"
    "One frame as MessagePack: {controller: {attribute: float32}}.\n\n"
    "vec: (vec_size,) floats. Raises RigError where a value has no meaning (not finite, "
    "a zero or\nparallel rotation column), naming controller and attribute.");

PyMethodDef vec_to_rig_into_method = fast_method(
    "vec_to_rig_into", vec_to_rig_into,
    "vec_to_rig_into($self, /, vec, buffer)\n--\n\n"
    "Like vec_to_rig, into the first msgpack_size bytes of a writable contiguous buffer.\n\n"
    "Returns the bytes written. ValueError, with nothing written, where the buffer is short or\n"
    "read-only. After a RigError the numbers in the buffer are unspecified.");

}  // namespace

void bind_message(RigClass& rig) {
  add_method(rig, vec_to_rig_method);
  add_method(rig, vec_to_rig_into_method);
}

}  // namespace rigjit::python
