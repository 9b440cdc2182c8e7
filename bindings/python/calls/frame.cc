// Frame: a message in a buffer that is written again and again.
#include <pybind11/critical_section.h>

#include <cstdlib>
#include <cstring>

#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/vector_input.h"
#include "support/errors.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// What the bytes are while there is no message: MessagePack never uses it, so that a decoder that
// reads them through an older view says so.
constexpr uint8_t kNoMessage = 0xc1;

constexpr std::size_t kCacheLine = 64;

// bytes and good are touched under the lock of the object, or the GIL.
struct FrameObject {
  PyObject_HEAD PyObject* rig;  // owned
  const LoadedRig* loaded;      // in rig
  uint8_t* bytes;               // msgpack_size, owned; aligned to a cache line
  bool good;                    // whether bytes are a message
};

FrameObject& frame_of(PyObject* self) { return *reinterpret_cast<FrameObject*>(self); }

std::size_t size_of(const FrameObject& frame) { return frame.loaded->msgpack_size; }

void spoil(FrameObject& frame) {
  frame.good = false;
  std::memset(frame.bytes, kNoMessage, size_of(frame));
}

// False with an exception set where `vec` is no pose.
bool write(FrameObject& frame, PyObject* vec) {
  const LoadedRig& loaded = *frame.loaded;
  const VectorInput input(vec, loaded.vec_size);
  const bool apart =
      !overlap(input.data(), loaded.vec_size * sizeof(float), frame.bytes, loaded.msgpack_size);
  return (apart && loaded.message_kernel(input.data(), frame.bytes)) ||
         succeeded([&] { return loaded.rig.vec_to_rig(input.data(), frame.bytes); });
}

PyObject* update(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<1> kSignature{"update", {"vec"}};
  const py::scoped_critical_section lock(self);
  FrameObject& frame = frame_of(self);
  PyObject* arranged[1];
  // Whatever keeps the next message from being made, the last one must not be sent in its place.
  frame.good = false;
  PyObject* result = guarded([&]() -> PyObject* {
    return arrange(kSignature, args, places, keywords, arranged) && write(frame, arranged[0])
               ? self
               : nullptr;
  });
  if (result == nullptr) {
    spoil(frame);
    return nullptr;
  }
  frame.good = true;
  Py_INCREF(self);
  return self;
}

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  const py::scoped_critical_section lock(self);
  const FrameObject& frame = frame_of(self);
  if (!frame.good) {
    view->obj = nullptr;
    PyErr_SetString(PyExc_BufferError,
                    "the frame holds no message: nothing was converted yet, or the last update "
                    "failed");
    return -1;
  }
  return PyBuffer_FillInfo(view, self, frame.bytes, static_cast<Py_ssize_t>(size_of(frame)),
                           /*readonly=*/1, flags);
}

Py_ssize_t length(PyObject* self) { return static_cast<Py_ssize_t>(size_of(frame_of(self))); }

PyObject* rig_getter(PyObject* self, void* /*closure*/) {
  PyObject* rig = frame_of(self).rig;
  Py_INCREF(rig);
  return rig;
}

PyObject* good_getter(PyObject* self, void* /*closure*/) {
  const py::scoped_critical_section lock(self);
  return PyBool_FromLong(frame_of(self).good ? 1 : 0);
}

PyObject* repr(PyObject* self) {
  const py::scoped_critical_section lock(self);
  const FrameObject& frame = frame_of(self);
  return guarded([&] {
    const py::str name(frame.loaded->rig.name());
    return PyUnicode_FromFormat("<rigjit.Frame of %R: %zu bytes, %s>", name.ptr(), size_of(frame),
                                frame.good ? "good" : "no message");
  });
}

void deallocate(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  std::free(frame_of(self).bytes);
  Py_XDECREF(frame_of(self).rig);
  type->tp_free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

PyMethodDef methods[] = {
    fast_method("update", update,
                "update($self, /, vec)\n--\n\n"
                "Convert one frame into the buffer; returns the frame.\n\n"
                "Raises what rig.vec_to_rig does. After an update that raised, the frame cannot be "
                "read\nuntil the next one that does not."),
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef getters[] = {
    {"rig", rig_getter, nullptr, "The rig that converts.", nullptr},
    {"good", good_getter, nullptr, "Whether there is a message to read.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

constexpr const char* kDoc =
    "A message in a buffer of its own, made by Rig.frame and written again by every update.\n\n"
    "Has the buffer protocol, read-only: socket.send(frame), file.write(frame), bytes(frame),\n"
    "numpy.frombuffer(frame, 'u1'). Where there is no message, reading it is a BufferError.\n"
    "len(frame) is always rig.msgpack_size. A view that is kept sees every later message; after\n"
    "an update that raised it sees bytes of 0xc1, which no MessagePack decoder takes.\n"
    "Python threads may share a frame, but for a read without the GIL (a socket that blocks, and\n"
    "all of free-threaded Python) while another updates: give each thread its own frame, or send\n"
    "bytes(frame) where there is a GIL.";

PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(kDoc)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
                       {Py_tp_repr, reinterpret_cast<void*>(repr)},
                       {Py_tp_methods, methods},
                       {Py_tp_getset, getters},
                       {Py_sq_length, reinterpret_cast<void*>(length)},
                       {Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
                       {0, nullptr}};

PyType_Spec spec = {
    "rigjit.Frame", sizeof(FrameObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, slots};

PyTypeObject* frame_type = nullptr;  // made with the module, lives as long as the process

py::object make_frame(const py::object& rig) {
  auto object = py::reinterpret_steal<py::object>(frame_type->tp_alloc(frame_type, 0));
  if (!object) {
    throw py::error_already_set();
  }
  FrameObject& frame = frame_of(object.ptr());
  frame.rig = rig.inc_ref().ptr();
  frame.loaded = &rig_of(rig.ptr());
  const std::size_t lines = (size_of(frame) + kCacheLine - 1) / kCacheLine;
  frame.bytes = static_cast<uint8_t*>(std::aligned_alloc(kCacheLine, lines * kCacheLine));
  if (frame.bytes == nullptr) {
    throw std::bad_alloc();
  }
  spoil(frame);
  return object;
}

}  // namespace

void bind_frame(py::module_& module, RigClass& rig) {
  PyObject* type = PyType_FromSpec(&spec);
  if (type == nullptr) {
    throw py::error_already_set();
  }
  frame_type = reinterpret_cast<PyTypeObject*>(type);
  module.attr("Frame") = py::handle(type);
  rig.def("frame", &make_frame,
          "A new Frame: a buffer of its own that update(vec) converts into, for streams.");
}

}  // namespace rigjit::python
