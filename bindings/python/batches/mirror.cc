// The vector of the mirrored pose.
#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// `input`: `count` vectors as rigjit._arrays made them. The first call reads the spec again.
py::array run(const LoadedRig& self, const py::array& input, std::size_t count,
              const py::object& out) {
  const auto shape = py::reinterpret_borrow<py::object>(input.attr("shape"));
  auto result = arrays_module().attr("output")(out, shape, "float32", input).cast<py::array>();
  const auto* vecs = static_cast<const float*>(input.data());
  auto* floats = static_cast<float*>(result.mutable_data());
  const Status status = [&] {
    const WithoutGil release;
    return self.rig.mirror_batch(vecs, count, floats);
  }();
  if (!status.ok()) {
    throw_python_error(status.errors());
  }
  return result;
}

py::array as_floats(const char* function, const py::object& values, std::size_t size) {
  return arrays_module().attr(function)(values, size).cast<py::array>();
}

py::array mirror(const LoadedRig& self, const py::object& vec, const py::object& out) {
  return run(self, as_floats("vector", vec, self.vec_size), 1, out);
}

py::array mirror_batch(const LoadedRig& self, const py::object& vecs, const py::object& out) {
  const py::array input = as_floats("vectors", vecs, self.vec_size);
  return run(self, input, static_cast<std::size_t>(input.shape(0)), out);
}

}  // namespace

void bind_mirror(RigClass& rig) {
  rig.def("mirror", &mirror, py::arg("vec"), py::arg("out") = py::none(),
          "The vector of the mirrored pose, (vec_size,) float32: partners swap, and the signs of\n"
          "the spec's 'mirror' are applied. Nothing is checked: what is no pose stays none.\n\n"
          "out: such an array, C-contiguous, not overlapping vec; it is returned. Raises RigError\n"
          "('no-mirror') where the spec has no 'mirror'.");
  rig.def("mirror_batch", &mirror_batch, py::arg("vecs"), py::arg("out") = py::none(),
          "Like mirror, of (n, vec_size) float32, without the GIL.");
}

}  // namespace rigjit::python
