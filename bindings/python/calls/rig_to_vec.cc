// rig_to_vec and values_to_vec: one pose as the vector that gives it.
#include <vector>

#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "calls/pose_keys.h"
#include "input/numpy_array.h"
#include "input/pose_input.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

py::object new_vector(const LoadedRig& loaded) {
  import_numpy();
  auto vec = py::reinterpret_steal<py::object>(new_float_array(loaded.vec_size));
  if (!vec) {
    throw py::error_already_set();
  }
  return vec;
}

float* floats_of(const py::object& array) {
  return reinterpret_cast<float*>(py::detail::array_proxy(array.ptr())->data);
}

// A pose whose names are just the rig's, and whose values are fine, takes the short way.
Status dict_to_vec(LoadedRig& loaded, const Kernel& kernel, PyObject* pose, float* vec,
                   const PoseOptions& options) {
  const PoseKeys& keys =
      *loaded.pose_keys.get([&] { return std::make_unique<const PoseKeys>(loaded); });
  std::vector<float> values(loaded.channel_count);
  if (keys.read(pose, values.data()) && kernel(values.data(), vec)) {
    return Done{};
  }
  PoseReader reader(loaded.rig, options);
  if (!read_dict(pose, reader)) {
    throw py::error_already_set();
  }
  return reader.finish(vec);
}

Status text_to_vec(const LoadedRig& loaded, PyObject* pose, float* vec, PoseOptions options) {
  const PoseText text(pose);
  if (text.is_text()) {
    options.form = PoseOptions::Form::kJson;
  }
  return loaded.rig.rig_to_vec(text.pose().data, text.pose().size, vec, options);
}

PyObject* rig_to_vec(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<3> kSignature{"rig_to_vec", {"pose", "missing", "extra"}, 1};
  PyObject* arranged[3] = {};
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    LoadedRig& loaded = rig_of(self);
    PyObject* pose = arranged[0];
    const PoseOptions options = parse_pose_options(arranged[1], arranged[2]);
    const Kernel* kernel = vector_kernel(loaded);
    if (kernel == nullptr) {
      return nullptr;
    }
    py::object vec = new_vector(loaded);
    const Status status = PyDict_Check(pose) != 0
                              ? dict_to_vec(loaded, *kernel, pose, floats_of(vec), options)
                              : text_to_vec(loaded, pose, floats_of(vec), options);
    if (!status.ok()) {
      set_python_error(status.errors());
      return nullptr;
    }
    return vec.release().ptr();
  });
}

PyObject* values_to_vec(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<1> kSignature{"values_to_vec", {"values"}};
  PyObject* arranged[1];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    LoadedRig& loaded = rig_of(self);
    const Kernel* kernel = vector_kernel(loaded);
    if (kernel == nullptr) {
      return nullptr;
    }
    const py::object vec = new_vector(loaded);
    py::object converted;
    const float* values = plain_floats(arranged[0], loaded.channel_count);
    if (values == nullptr) {
      converted =
          arrays_module().attr("vector")(py::handle(arranged[0]), loaded.channel_count, "values");
      values = floats_of(converted);
    }
    if (!(*kernel)(values, floats_of(vec)) &&
        !succeeded([&] { return loaded.rig.values_to_vec(values, floats_of(vec)); })) {
      return nullptr;
    }
    return py::object(vec).release().ptr();
  });
}

PyMethodDef rig_to_vec_method = fast_method(
    "rig_to_vec", rig_to_vec,
    "rig_to_vec($self, /, pose, missing='error', extra='ignore')\n--\n\n"
    "The vector that gives a pose, as (vec_size,) float32: the inverse of vec_to_rig.\n\n"
    "pose: {controller: {attribute: number}} as a dict, as MessagePack (bytes or any buffer of\n"
    "bytes) or as JSON (str, or UTF-8 bytes). Messages of vec_to_rig are read fastest. Constants\n"
    "need not be there. missing='rest': channels that are not there take the rest pose; 'error':\n"
    "a RigError names them all. extra='error': so does one for what the rig does not have.\n\n"
    "Raises RigError, with every mistake, also for values that are no numbers, not finite or\n"
    "beyond float32, quaternions of length 0, duplicate keys, and bytes that are no pose.");

PyMethodDef values_to_vec_method = fast_method(
    "values_to_vec", values_to_vec,
    "values_to_vec($self, /, values)\n--\n\n"
    "The vector that gives the values, as (vec_size,) float32: the inverse of vec_to_values.\n\n"
    "values: (len(channels),) floats, in the order of channels. Those of constants are ignored.");

}  // namespace

// The first call compiles, and derives the names from the spec: other threads run meanwhile.
const Kernel* vector_kernel(LoadedRig& loaded) {
  return loaded.vector_kernel.get([&]() -> std::unique_ptr<const Kernel> {
    const Result<Kernel> kernel = [&] {
      const WithoutGil release;
      return loaded.rig.kernel("vector");
    }();
    if (!kernel.ok()) {
      set_python_error(kernel.errors());
      return nullptr;
    }
    return std::make_unique<const Kernel>(*kernel);
  });
}

void bind_rig_to_vec(RigClass& rig) {
  add_method(rig, rig_to_vec_method);
  add_method(rig, values_to_vec_method);
}

}  // namespace rigjit::python
