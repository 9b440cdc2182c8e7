// diff and remap: what changed from one rig to another, and how to carry vectors over.
#include <pybind11/stl.h>

#include <memory>
#include <vector>

#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "input/spec_source.h"
#include "rigjit/diff.h"
#include "rigjit/remap.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

using SharedPlan = std::shared_ptr<const Plan>;

// Of a Rig, or of the spec that a path names, which is not compiled.
SharedPlan plan_of(const py::object& rig_or_path) {
  Result<SharedPlan> plan = [&] {
    if (py::isinstance<LoadedRig>(rig_or_path)) {
      const auto& loaded = rig_or_path.cast<const LoadedRig&>();
      const WithoutGil release;
      return loaded.rig.shared_plan();
    }
    const SpecSource source = read_spec_file(rig_or_path);
    const WithoutGil release;
    return read_plan(source);
  }();
  return value_or_throw(std::move(plan));
}

RigDiff diff_of(const py::object& old_rig, const py::object& new_rig) {
  const SharedPlan old_plan = plan_of(old_rig);
  const SharedPlan new_plan = plan_of(new_rig);
  const WithoutGil release;
  return diff(*old_plan, *new_plan);
}

template <typename T>
py::array_t<T> array_of(const std::vector<T>& values) {
  import_numpy();
  py::array_t<T> array(static_cast<py::ssize_t>(values.size()), values.data());
  array.attr("flags").attr("writeable") = false;
  return array;
}

// What rigjit._remap.Remap is made of.
py::tuple remap_of(const py::object& old_rig, const py::object& new_rig) {
  const SharedPlan old_plan = plan_of(old_rig);
  const SharedPlan new_plan = plan_of(new_rig);
  const Remap remap = [&] {
    const WithoutGil release;
    return rigjit::remap(*old_plan, *new_plan);
  }();
  py::list not_carried;
  for (const NotCarried& group : remap.not_carried) {
    not_carried.append(
        py::make_tuple(group.controller, py::tuple(py::cast(group.attributes)), group.reason));
  }
  return py::make_tuple(remap.old_vec_size, array_of(remap.inputs), array_of(remap.gain),
                        array_of(remap.bias), array_of(remap.fill), array_of(remap.channels),
                        not_carried);
}

template <typename Class>
void finish_class(Class& bound) {
  bound.attr("__module__") = "rigjit";
}

void bind_changes(py::module_& module) {
  py::class_<InputChange> input(module, "InputChange", py::is_final(),
                                "An input that only one rig has, or that moved among the others.");
  input
      .def_property_readonly(
          "change", [](const InputChange& self) { return to_string(self.change); },
          "'added', 'removed' or 'moved'.")
      .def_property_readonly(
          "input",
          [](const InputChange& self) {
            return py::make_tuple(self.input.controller, to_string(self.input.transformation),
                                  self.input.component);
          },
          "(controller, transformation, component), as in rig.inputs.")
      .def_readonly("old_index", &InputChange::old_index, "In the old vector; None if added.")
      .def_readonly("new_index", &InputChange::new_index, "In the new vector; None if removed.");
  finish_class(input);
  py::class_<ChannelChange> channel(
      module, "ChannelChange", py::is_final(),
      "A channel that only one rig has, or that moved among the others.");
  channel
      .def_property_readonly(
          "change", [](const ChannelChange& self) { return to_string(self.change); },
          "'added', 'removed' or 'moved'.")
      .def_property_readonly(
          "channel",
          [](const ChannelChange& self) {
            return py::make_tuple(self.channel.controller, self.channel.attribute);
          },
          "(controller, attribute), as in rig.channels.")
      .def_readonly("old_index", &ChannelChange::old_index, "Among the old values; None if added.")
      .def_readonly("new_index", &ChannelChange::new_index,
                    "Among the new values; None if removed.");
  finish_class(channel);
  py::class_<CoefficientChange> coefficient(module, "CoefficientChange", py::is_final(),
                                            "Something that says how channels are computed.");
  coefficient.def_readonly("controller", &CoefficientChange::controller)
      .def_readonly("attributes", &CoefficientChange::attributes, "All that it concerns.")
      .def_readonly("coefficient", &CoefficientChange::coefficient,
                    "The spec's word: 'scale', 'rotate_order', ...; or 'transformation'.")
      .def_readonly("old_value", &CoefficientChange::old_value, "As the spec writes it, or None.")
      .def_readonly("new_value", &CoefficientChange::new_value, "As the spec writes it, or None.");
  finish_class(coefficient);
}

}  // namespace

void bind_change(py::module_& module) {
  bind_changes(module);
  py::class_<RigDiff> found(module, "Diff", py::is_final(),
                            "What one rig means otherwise than another; false if nothing.");
  found.def_readonly("old_hash", &RigDiff::old_hash)
      .def_readonly("new_hash", &RigDiff::new_hash)
      .def_readonly("inputs", &RigDiff::inputs, "Removed ones first, in the order of the rigs.")
      .def_readonly("channels", &RigDiff::channels, "Removed ones first, in the order of the rigs.")
      .def_readonly("coefficients", &RigDiff::coefficients, "In the order of the new rig.")
      .def("__bool__", [](const RigDiff& self) { return !self.empty(); })
      .def("__str__", [](const RigDiff& self) { return to_string(self); })
      .def("__repr__", [](const RigDiff& self) {
        return "<rigjit.Diff: " + std::to_string(self.inputs.size()) + " inputs, " +
               std::to_string(self.channels.size()) + " channels, " +
               std::to_string(self.coefficients.size()) + " coefficients>";
      });
  finish_class(found);
  module.def("diff", &diff_of, py::arg("old"), py::arg("new"),
             "What differs between two rigs, each a Rig or the path of a spec.\n\n"
             "Empty, and false, exactly if their hashes are equal. A spec is read and not\n"
             "compiled. Raises RigError with every mistake of a spec, OSError where a file\n"
             "cannot be read.");
  module.def("_remap", &remap_of);
}

}  // namespace rigjit::python
