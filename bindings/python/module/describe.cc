// What a rig is called, how large it is, and what its elements mean.
#include <pybind11/stl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "module/channel.h"
#include "support/errors.h"
#include "support/path_text.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// For a caller, who may do with it what they like.
py::list copy_of(const py::handle& list) {
  return py::reinterpret_steal<py::list>(
      PyList_GetSlice(list.ptr(), 0, PyList_GET_SIZE(list.ptr())));
}

py::list inputs(LoadedRig& self) {
  return copy_of(*self.inputs.get([&] {
    auto list = std::make_unique<py::list>();
    for (const Input& input : self.rig.inputs()) {
      list->append(
          py::make_tuple(input.controller, to_string(input.transformation), input.component));
    }
    return list;
  }));
}

py::dict slices(const LoadedRig& self) {
  static constexpr std::array kKinds{
      TransformationKind::kTranslation, TransformationKind::kRotation3d,
      TransformationKind::kRotation1d, TransformationKind::kScale, TransformationKind::kAttribute};
  const std::vector<Input>& all = self.rig.inputs();
  import_numpy();
  py::dict result;
  for (const TransformationKind kind : kKinds) {
    std::vector<int64_t> indices;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].transformation == kind) {
        indices.push_back(static_cast<int64_t>(i));
      }
    }
    result[to_string(kind)] =
        py::array_t<int64_t>(static_cast<py::ssize_t>(indices.size()), indices.data());
  }
  return result;
}

py::dict metadata(const LoadedRig& self) {
  py::dict result;
  for (const auto& [key, value] : self.rig.metadata()) {
    result[py::str(key)] = value;
  }
  return result;
}

py::array_t<float> rest_vec(const LoadedRig& self) {
  import_numpy();
  const std::vector<float>& rest = self.rig.rest_vec();
  return py::array_t<float>(static_cast<py::ssize_t>(rest.size()), rest.data());
}

std::string repr(const py::object& object) {
  const Rig& rig = object.cast<const LoadedRig&>().rig;
  return "<rigjit.Rig " + py::repr(py::str(rig.name())).cast<std::string>() + ": " +
         std::to_string(rig.vec_size()) + " inputs, " + std::to_string(rig.channel_count()) +
         " channels, messages of " + std::to_string(rig.msgpack_size()) + " bytes, " +
         to_string(rig.origin()) + " for " + rig.target() + ">";
}

// Text that may have to be derived, and LLVM run, again.
template <typename Function>
std::string derived(Function&& function) {
  Result<std::string> text = [&] {
    const WithoutGil release;
    return function();
  }();
  return value_or_throw(std::move(text));
}

void bind_texts(RigClass& rig) {
  rig.def(
      "plan", [](const LoadedRig& self) { return derived([&] { return self.rig.plan(); }); },
      "What the rig means: inputs, channels and operations, as text.");
  rig.def(
      "ir",
      [](const LoadedRig& self, const std::optional<std::string>& controller,
         const std::string& program, const std::optional<std::string>& target) {
        return derived(
            [&] { return self.rig.ir(controller.value_or(""), program, target.value_or("")); });
      },
      py::arg("controller") = py::none(), py::arg("program") = "message",
      py::arg("target") = py::none(),
      "The LLVM IR that the rig is compiled from, of all or one controller: a module that any\n"
      "LLVM of its version compiles and that needs nothing else.\n\n"
      "program: 'message' (vec_to_rig), 'values', 'vector' (rig_to_vec), or\n"
      "'message-continuous' and 'values-continuous' (streams). target: whose code, which this\n"
      "machine need not run; by default the rig's own.");
  rig.def(
      "asm",
      [](const LoadedRig& self, const std::string& program,
         const std::optional<std::string>& target) {
        return derived([&] { return self.rig.assembly(program, target.value_or("")); });
      },
      py::arg("program") = "message", py::arg("target") = py::none(),
      "The machine code as assembly text, with the names and comments of the IR; program and\n"
      "target: as in ir.");
}

}  // namespace

py::list channels_of(LoadedRig& loaded) {
  return *loaded.channels.get(
      [&] { return std::make_unique<py::list>(make_channels(loaded.rig.channels())); });
}

void bind_description(py::module_& module, RigClass& rig) {
  bind_channel(module);
  const auto text = [](const std::string& (Rig::*getter)() const noexcept) {
    return [getter](const LoadedRig& self) { return (self.rig.*getter)(); };
  };
  rig.def_property_readonly("name", text(&Rig::name));
  rig.def_property_readonly(
      "namespace", text(&Rig::name_space),
      "What controllers' names begin with, before a colon; '' for none. Not part of the hash.");
  rig.def_property_readonly("hash", text(&Rig::hash),
                            "32 hexadecimal digits, equal for specs that mean the same.");
  rig.def_property_readonly("target", text(&Rig::target), "The machine that the code is made for.");
  rig.def_property_readonly(
      "cache_note", [](const LoadedRig& self) { return text_of(self.rig.cache_note()); },
      "Why the code was not found in the cache, or not kept there.");
  rig.def_property_readonly("metadata", &metadata, "The spec's free scalars, as text.");
  rig.def_property_readonly(
      "origin", [](const LoadedRig& self) { return to_string(self.rig.origin()); },
      "'compiled', 'cached' (on disk) or 'memory' (shared with a rig of this process).");
  rig.def_property_readonly(
      "vec_size", [](const LoadedRig& self) { return self.rig.vec_size(); },
      "Elements of a vector.");
  rig.def_property_readonly(
      "msgpack_size", [](const LoadedRig& self) { return self.rig.msgpack_size(); },
      "Bytes of every message.");
  rig.def_property_readonly(
      "channels", [](LoadedRig& self) { return copy_of(channels_of(self)); },
      "[Channel, ...], one a value, in output order, constants included: a new list. A Channel is\n"
      "the pair (controller, attribute), with its type and an enum's names as attributes.");
  rig.def_property_readonly(
      "inputs", &inputs,
      "[(controller, transformation, component), ...], one a vector element: a new list.");
  rig.def_property_readonly("slices", &slices,
                            "{transformation: indices of its elements in the vector}.");
  rig.def_property_readonly("rest_vec", &rest_vec,
                            "Zero translation, identity rotation, unit scale: a new array.");
  rig.def("__repr__", &repr);
  bind_texts(rig);
}

}  // namespace rigjit::python
