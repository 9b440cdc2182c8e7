// What a Python Rig holds: the handle, and the source that it is pickled by.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "rigjit/load.h"
#include "rigjit/rig.h"

namespace rigjit::python {

struct RigSource {
  std::string text;
  std::string file;  // names the text in errors
  LoadOptions options;
};

struct LoadedRig {
  Rig rig;
  RigSource source;
  // Only touched with the GIL held, as is the rest.
  bool values_compiled = false;  // vec_to_values returns at once
  // Made when first asked for.
  pybind11::object channels;
  pybind11::object inputs;
};

using RigClass = pybind11::class_<LoadedRig>;

// Each adds its part of the class or module.
void bind_load(pybind11::module_& module, RigClass& rig);
void bind_description(RigClass& rig);
void bind_conversions(RigClass& rig);
// vec_to_rig and vec_to_rig_into, called once a frame: descriptors without pybind11's dispatch.
void bind_fast_conversions(RigClass& rig);

}  // namespace rigjit::python
