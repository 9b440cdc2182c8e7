// vec_to_values: one frame as flat float32.
#include "base/buffers.h"
#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/vector_input.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// `out`, a new reference, once it is known to take the values. Throws before anything is written.
py::object checked_output(PyObject* out, std::size_t width) {
  return arrays_module().attr("output")(py::handle(out), py::make_tuple(width), "float32");
}

// A new array, or `out` where it can take the values; null with an exception set.
PyObject* output(PyObject* out, std::size_t width) {
  if (out == nullptr || out == Py_None) {
    import_numpy();
    return new_float_array(width);
  }
  if (plain_writable_floats(out, width) != nullptr) {
    Py_INCREF(out);
    return out;
  }
  return checked_output(out, width).release().ptr();
}

PyObject* vec_to_values(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<2> kSignature{"vec_to_values", {"vec", "out"}, 1};
  PyObject* arranged[2];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    LoadedRig& loaded = rig_of(self);
    const Kernel* kernel = values_kernel(loaded);
    if (kernel == nullptr) {
      return nullptr;
    }
    const std::size_t width = loaded.channel_count;
    auto result = py::reinterpret_steal<py::object>(output(arranged[1], width));
    if (!result) {
      return nullptr;
    }
    const VectorInput vec(arranged[0], loaded.vec_size);
    auto* values = reinterpret_cast<float*>(py::detail::array_proxy(result.ptr())->data);
    if (overlap(vec.data(), loaded.vec_size * sizeof(float), values, width * sizeof(float))) {
      throw py::value_error("out overlaps the input");
    }
    if (!(*kernel)(vec.data(), values) &&
        !succeeded([&] { return loaded.rig.vec_to_values(vec.data(), values); })) {
      return nullptr;
    }
    return result.release().ptr();
  });
}

PyMethodDef vec_to_values_method = fast_method(
    "vec_to_values", vec_to_values,
    "vec_to_values($self, /, vec, out=None)\n--\n\n"
    "One frame as (len(channels),) float32, in the order of channels; the same float32 as the\n"
    "message holds.\n\n"
    "out: such an array, C-contiguous, not overlapping vec; it is returned. After a RigError what\n"
    "it holds is unspecified.");

}  // namespace

const Kernel* values_kernel(LoadedRig& loaded) {
  return loaded.values_kernel.get([&]() -> std::unique_ptr<const Kernel> {
    const Result<Kernel> kernel = [&] {
      const WithoutGil release;
      return loaded.rig.kernel("values");
    }();
    if (!kernel.ok()) {
      set_python_error(kernel.errors());
      return nullptr;
    }
    return std::make_unique<const Kernel>(*kernel);
  });
}

void bind_values(RigClass& rig) { add_method(rig, vec_to_values_method); }

}  // namespace rigjit::python
