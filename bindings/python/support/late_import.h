// Imports of what rigjit first needs in a call, in any thread.
#pragma once

#include <pybind11/pybind11.h>

namespace rigjit::python {

// Holds the lock of late imports until the end of the scope. A child that is forked while another
// thread imports a module waits for that thread for ever when it imports the module itself; os.fork
// waits for this lock. The same thread may hold it twice.
class LateImports {
 public:
  LateImports();  // throws pybind11::error_already_set
  ~LateImports();
  LateImports(const LateImports&) = delete;
  LateImports& operator=(const LateImports&) = delete;
};

// The module of this name, imported under the lock. Throws pybind11::error_already_set.
pybind11::module_ late_import(const char* name);

// Makes the lock, and os.fork wait for it.
void bind_late_imports(pybind11::module_& module);

}  // namespace rigjit::python
