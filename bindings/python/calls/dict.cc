// vec_to_dict: one frame as nested Python dicts.
#include "calls/dict_builder.h"
#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/vector_input.h"
#include "support/errors.h"

namespace rigjit::python {
namespace {

PyObject* vec_to_dict(PyObject* self, Arguments args, Py_ssize_t places, PyObject* keywords) {
  static constexpr Signature<1> kSignature{"vec_to_dict", {"vec"}};
  PyObject* arranged[1];
  if (!arrange(kSignature, args, places, keywords, arranged)) {
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    LoadedRig& loaded = rig_of(self);
    const Kernel* kernel = values_kernel(loaded);
    if (kernel == nullptr) {
      return nullptr;
    }
    DictBuilder& builder =
        *loaded.dict_builder.get([&] { return std::make_unique<DictBuilder>(loaded); });
    return builder.build([&](float* values) {
      const VectorInput vec(arranged[0], loaded.vec_size);
      return (*kernel)(vec.data(), values) ||
             succeeded([&] { return loaded.rig.vec_to_values(vec.data(), values); });
    });
  });
}

PyMethodDef vec_to_dict_method =
    fast_method("vec_to_dict", vec_to_dict,
                "vec_to_dict($self, /, vec)\n--\n\n"
                "One frame as {controller: {attribute: value}}, in the order of channels.\n\n"
                "The values are those of vec_to_values, as float, int (also of an enum, its\n"
                "index) or bool, as the type of the channel says. The dicts are the caller's own.");

}  // namespace

void bind_dict(RigClass& rig) { add_method(rig, vec_to_dict_method); }

}  // namespace rigjit::python
