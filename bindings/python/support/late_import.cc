#include "support/late_import.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

py::handle lock;  // made with the module, lives as long as the process

}  // namespace

LateImports::LateImports() { lock.attr("acquire")(); }

LateImports::~LateImports() {
  const py::error_scope pending;
  try {
    lock.attr("release")();
  } catch (py::error_already_set& error) {
    error.discard_as_unraisable("rigjit's lock of imports");
  }
}

py::module_ late_import(const char* name) {
  const LateImports held;
  return py::module_::import(name);
}

void bind_late_imports(py::module_& module) {
  lock = py::module_::import("_thread").attr("RLock")().release();
  const py::object release = lock.attr("release");
  py::module_::import("os").attr("register_at_fork")(py::arg("before") = lock.attr("acquire"),
                                                     py::arg("after_in_parent") = release,
                                                     py::arg("after_in_child") = release);
  module.def("_late_import", &late_import, py::arg("name"));
}

}  // namespace rigjit::python
