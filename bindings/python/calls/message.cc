// vec_to_rig: one frame as MessagePack, written in place.
#include "base/buffers.h"
#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/message_output.h"
#include "input/vector_input.h"
#include "support/errors.h"

namespace rigjit::python {
namespace {

// A new reference, to `out`; null, or a C++ exception, where there is no message.
PyObject* write_into(const LoadedRig& loaded, PyObject* vec, PyObject* out) {
  const MessageOutput output(out, loaded.msgpack_size);
  try {
    const VectorInput input(vec, loaded.vec_size);
    uint8_t* bytes = output.data();
    if (overlap(input.data(), loaded.vec_size * sizeof(float), bytes, loaded.msgpack_size)) {
      PyErr_SetString(PyExc_ValueError, "out overlaps vec");
      return nullptr;
    }
    if (loaded.message_kernel(input.data(), bytes) ||
        succeeded([&] { return loaded.rig.vec_to_rig(input.data(), bytes); })) [[likely]] {
      Py_INCREF(out);
      return out;
    }
  } catch (...) {
    // Whatever keeps the message from being made, an older one must not be sent in its place.
    output.spoil();
    throw;
  }
  output.spoil();
  return nullptr;
}

PyObject* vec_to_rig(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<2> kSignature{"vec_to_rig", {"vec", "out"}, 1};
  PyObject* arranged[2];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    const LoadedRig& loaded = rig_of(self);
    if (arranged[1] != nullptr && arranged[1] != Py_None) {
      return write_into(loaded, arranged[0], arranged[1]);
    }
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

PyMethodDef vec_to_rig_method = fast_method(
    "vec_to_rig", vec_to_rig,
    "vec_to_rig($self, /, vec, out=None)\n--\n\n"
    "One frame as MessagePack: {controller: {attribute: float32}}.\n\n"
    "vec: (vec_size,) floats. Raises RigError where a value has no meaning (not finite, a zero or\n"
    "parallel rotation column), naming controller and attribute.\n\n"
    "out: a writable contiguous buffer of msgpack_size bytes (bytearray, memoryview, array, "
    "shared\n"
    "memory) that does not overlap vec; it is returned in place of new bytes. ValueError, with\n"
    "nothing written, where it is none. Where vec gives no message, out holds bytes of 0xc1, "
    "which\n"
    "no MessagePack decoder takes: an older message is never sent in place of the new one.");

}  // namespace

void bind_message(RigClass& rig) { add_method(rig, vec_to_rig_method); }

}  // namespace rigjit::python
