// vec_to_json: one frame as JSON text.
#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/vector_input.h"
#include "support/errors.h"

namespace rigjit::python {
namespace {

PyObject* vec_to_json(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<1> kSignature{"vec_to_json", {"vec"}};
  PyObject* arranged[1];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    LoadedRig& loaded = rig_of(self);
    if (values_kernel(loaded) == nullptr) {
      return nullptr;
    }
    const VectorInput vec(arranged[0], loaded.vec_size);
    // Written in place and shrunk: giving back the tail costs less than a copy of the text.
    PyObject* text =
        PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(loaded.rig.json_capacity()));
    if (text == nullptr) {
      return nullptr;
    }
    const Result<std::size_t> size = loaded.rig.vec_to_json(vec.data(), PyBytes_AS_STRING(text));
    if (!size.ok()) {
      Py_DECREF(text);
      set_python_error(size.errors());
      return nullptr;
    }
    _PyBytes_Resize(&text, static_cast<Py_ssize_t>(*size));  // null with an exception set
    return text;
  });
}

PyMethodDef vec_to_json_method = fast_method(
    "vec_to_json", vec_to_json,
    "vec_to_json($self, /, vec)\n--\n\n"
    "One frame as compact JSON in UTF-8: {controller: {attribute: number}}.\n\n"
    "Numbers have the fewest digits that read back as the same float32, which is the one that the\n"
    "message holds.");

}  // namespace

void bind_json(RigClass& rig) { add_method(rig, vec_to_json_method); }

}  // namespace rigjit::python
