// What a Python Rig holds: the handle, what a call needs of it, and the options that it is pickled
// with.
#pragma once

#include <pybind11/pybind11.h>

#include "rigjit/load.h"
#include "rigjit/rig.h"
#include "support/made_once.h"

namespace rigjit::python {

class DictBuilder;
class PoseKeys;

struct LoadedRig {
  LoadedRig(Rig loaded, LoadOptions loaded_with);
  ~LoadedRig();

  Rig rig;
  // Of `rig`: a call gets at them without a hop into the library.
  Kernel message_kernel;
  std::size_t vec_size;
  std::size_t msgpack_size;
  std::size_t channel_count;
  LoadOptions options;

  MadeOnce<const Kernel> values_kernel;
  MadeOnce<const Kernel> vector_kernel;
  MadeOnce<DictBuilder> dict_builder;
  MadeOnce<const PoseKeys> pose_keys;
  MadeOnce<const pybind11::list> channels;
  MadeOnce<const pybind11::list> inputs;
};

using RigClass = pybind11::class_<LoadedRig>;

// The rig in a Python Rig. Every one is loaded: its type has no constructor.
inline LoadedRig& rig_of(PyObject* self) noexcept {
  // Where pybind11 keeps the one value of a class without bases.
  auto* instance = reinterpret_cast<pybind11::detail::instance*>(self);
  return *static_cast<LoadedRig*>(instance->simple_value_holder[0]);
}

// A Channel for each, made once; callers only ever see copies.
pybind11::list channels_of(LoadedRig& loaded);

// The kernel of flat values; other threads run while the first call compiles. Null with an
// exception set where it cannot be compiled.
const Kernel* values_kernel(LoadedRig& loaded);
// The same of rig_to_vec.
const Kernel* vector_kernel(LoadedRig& loaded);

// Each adds its part of the class or module.
void bind_load(pybind11::module_& module, RigClass& rig);
void bind_description(pybind11::module_& module, RigClass& rig);
// emit and profile.
void bind_emit(RigClass& rig);
void bind_tables(RigClass& rig);
// diff and remap, of rigs or of specs.
void bind_change(pybind11::module_& module);
void bind_conversions(RigClass& rig);
void bind_rig_to_vec_batches(RigClass& rig);
void bind_clips(pybind11::module_& module, RigClass& rig);
void bind_vector_files(pybind11::module_& module);
// What rigjit.inputs reads files with.
void bind_input_files(pybind11::module_& module);
// What rigjit.stats measures values with.
void bind_statistics(pybind11::module_& module);
// Called once a frame: raw descriptors, see fast_call.h.
void bind_message(RigClass& rig);
void bind_values(RigClass& rig);
void bind_dict(RigClass& rig);
void bind_json(RigClass& rig);
void bind_rig_to_vec(RigClass& rig);
void bind_mirror(RigClass& rig);
void bind_stream(pybind11::module_& module, RigClass& rig);

// What a stream continues from as an array of one float a channel, which floats_in gives. Throws.
pybind11::object start_values(const LoadedRig& loaded, const pybind11::object& start);
const float* floats_in(const pybind11::object& array);

// A stream that continues from `start`: None, or one value a channel. Throws.
Stream make_stream(const LoadedRig& loaded, const pybind11::object& start);

}  // namespace rigjit::python
