// Files of vectors: rigjit/vector_file.h.
#include <memory>
#include <string>

#include "calls/loaded_rig.h"
#include "input/float_input.h"
#include "input/numpy_array.h"
#include "input/spec_source.h"
#include "rigjit/vector_file.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

void save(const py::object& path, const LoadedRig& rig, const py::object& vecs) {
  const std::string name = file_name(path);
  const FloatInput input = FloatInput::batch(vecs, rig.rig.vec_size());
  const Status status = [&] {
    const WithoutGil release;
    return save_vectors(name, rig.rig, input.data(), input.frames());
  }();
  value_or_throw(status);
}

py::array_t<float> load_saved(const py::object& path, const LoadedRig& rig) {
  const std::string name = file_name(path);
  import_numpy();
  Result<Vectors> loaded = [&] {
    const WithoutGil release;
    return load_vectors(name, rig.rig);
  }();
  auto vectors = std::make_unique<Vectors>(value_or_throw(std::move(loaded)));
  float* elements = vectors->elements.data();
  const auto count = static_cast<py::ssize_t>(vectors->count);
  const auto width = static_cast<py::ssize_t>(rig.rig.vec_size());
  const py::capsule owner(vectors.release(), [](void* p) { delete static_cast<Vectors*>(p); });
  return py::array_t<float>({count, width}, elements, owner);
}

}  // namespace

void bind_vector_files(py::module_& module) {
  module.def(
      "save_vectors", &save, py::arg("path"), py::arg("rig"), py::arg("vecs"),
      "Save (n, vec_size) floats of a rig with what they are called, in place of what is at\n"
      "path: a safetensors file. OSError where it cannot be written.");
  module.def("load_vectors", &load_saved, py::arg("path"), py::arg("rig"),
             "(n, vec_size) float32 that save_vectors saved. RigError (code 'rig-mismatch') says\n"
             "what differs, as rigjit.diff does, if it was for another rig.");
}

}  // namespace rigjit::python
