// The vector of the mirrored pose.
#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// One vector or a batch, by its dimension. The first call reads the spec again.
py::array mirror(const LoadedRig& self, const py::object& vecs, const py::object& out) {
  const py::handle arrays = arrays_module();
  const auto input = arrays.attr("one_or_many")(vecs, self.vec_size).cast<py::array>();
  auto result = arrays.attr("output")(out, input.attr("shape"), "float32", input).cast<py::array>();
  const std::size_t count = input.ndim() == 1 ? 1 : static_cast<std::size_t>(input.shape(0));
  const auto* from = static_cast<const float*>(input.data());
  auto* to = static_cast<float*>(result.mutable_data());
  const Status status = [&] {
    const WithoutGil release;
    return self.rig.mirror(from, to, count);
  }();
  if (!status.ok()) {
    throw_python_error(status.errors());
  }
  return result;
}

}  // namespace

void bind_mirror(RigClass& rig) {
  rig.def("mirror", &mirror, py::arg("vecs"), py::arg("out") = py::none(),
          "The vector of the mirrored pose, float32: partners swap, and the signs of the spec's\n"
          "'mirror' are applied. Nothing is checked: what is no pose stays none.\n\n"
          "vecs: (vec_size,) floats or a batch of (n, vec_size); the result has the same shape.\n"
          "out: such an array, C-contiguous, not overlapping vecs; it is returned. The GIL is\n"
          "released. Raises RigError ('no-mirror') where the spec has no 'mirror'.");
}

}  // namespace rigjit::python
