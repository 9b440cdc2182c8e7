// In place of collision.cc where the library has no hulls.
#include "collision/collision.h"

namespace py = pybind11;

namespace rigjit::python {

void bind_collision(py::module_& module) {
  module.def("_collision", []() -> py::object {
    throw py::import_error(
        "this build of rigjit has no rigjit.collision: it was made with RIGJIT_COLLISION=OFF");
  });
}

}  // namespace rigjit::python
