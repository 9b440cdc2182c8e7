// Distances of hulls: what rigjit/collision.py, which looks at what callers pass, is made of.
#pragma once

#include <pybind11/pybind11.h>

namespace rigjit::python {

// Adds _collision(), which makes the types when it is first called, so that `import rigjit` does
// not. In a library that is built without them it raises ImportError.
void bind_collision(pybind11::module_& module);

}  // namespace rigjit::python
