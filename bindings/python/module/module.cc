// The extension module behind the Python package rigjit.
#include <pybind11/pybind11.h>

#include "calls/loaded_rig.h"
#include "collision/collision.h"
#include "rigjit/about.h"
#include "support/errors.h"
#include "support/late_import.h"
#include "support/whole_number.h"

namespace py = pybind11;

namespace {

// A Rig holds what was loaded into it: Python cannot make an empty one. pybind11 allocates its own
// instances without tp_new.
PyObject* refuse_new(PyTypeObject* /*type*/, PyObject* /*args*/, PyObject* /*keywords*/) {
  PyErr_SetString(PyExc_TypeError, "a Rig cannot be made; use rigjit.load or rigjit.loads");
  return nullptr;
}

void forbid_new(const rigjit::python::RigClass& rig) {
  auto* type = reinterpret_cast<PyTypeObject*>(rig.ptr());
  type->tp_new = refuse_new;
  PyType_Modified(type);
}

// One set of types and of rigs that are kept serves one interpreter.
constexpr const char* kNoSubinterpreters =
    "rigjit does not support subinterpreters; import it in the main interpreter (under mod_wsgi: "
    "WSGIApplicationGroup %{GLOBAL}), or use processes";

bool in_subinterpreter() { return PyInterpreterState_Get() != PyInterpreterState_Main(); }

}  // namespace

PYBIND11_MODULE(_rigjit_main, module, py::multiple_interpreters::not_supported()) {
  using namespace rigjit::python;  // NOLINT(google-build-using-namespace)
  if (in_subinterpreter()) throw py::import_error(kNoSubinterpreters);
  module.doc() = "rigjit's compiled part; use the package rigjit.";
  module.attr("__version__") = rigjit::about().version;
  bind_error(module);
  bind_late_imports(module);
  module.def("_thread_count", &thread_count, py::arg("threads"));
  RigClass rig(module, "Rig", py::is_final(),
               "The functions compiled for one character. Immutable; use it from any thread.");
  rig.attr("__module__") = "rigjit";
  bind_load(module, rig);
  bind_description(module, rig);
  bind_emit(rig);
  bind_tables(rig);
  bind_change(module);
  bind_conversions(rig);
  bind_message(rig);
  bind_values(rig);
  bind_dict(rig);
  bind_json(rig);
  bind_rig_to_vec(rig);
  bind_rig_to_vec_batches(rig);
  bind_mirror(rig);
  bind_stream(module, rig);
  bind_clips(module, rig);
  bind_vector_files(module);
  bind_input_files(module);
  bind_statistics(module);
  bind_collision(module);
  forbid_new(rig);
}

// Asked before pybind11 is, which waits for ever in a subinterpreter of Python before 3.12. From
// 3.13 on this runs in the main interpreter, whichever imports; only the module's body tells.
extern "C" PYBIND11_EXPORT PyObject* PyInit__rigjit() {
  if (in_subinterpreter()) {
    PyErr_SetString(PyExc_ImportError, kNoSubinterpreters);
    return nullptr;
  }
  return PyInit__rigjit_main();
}
