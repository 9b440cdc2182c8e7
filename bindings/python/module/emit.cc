// A rig's code as files, and what share of a call its parts take.
#include "rigjit/emit.h"

#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <vector>

#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "rigjit/part_profile.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// [(name, bytes), ...]; _emit.py writes them.
py::list emitted(const LoadedRig& self, const std::vector<std::string>& kinds,
                 const std::optional<std::string>& target, const std::optional<std::string>& prefix,
                 const std::vector<std::string>& programs) {
  std::vector<EmitKind> found;
  for (const std::string& name : kinds) found.push_back(value_or_throw(find_emit_kind(name)));
  const EmitOptions options{target.value_or(""), prefix.value_or(""), programs};
  const std::vector<EmittedFile> files = value_or_throw([&] {
    const WithoutGil release;
    return emit(self.rig, found, options);
  }());
  py::list list;
  for (const EmittedFile& file : files)
    list.append(py::make_tuple(file.name, py::bytes(file.bytes)));
  return list;
}

// {"call_ns": ..., "parts": [{"path", "what", "ns", "share", "channels"}, ...]}
py::dict profiled(LoadedRig& self, const py::array_t<float, py::array::c_style>& vec,
                  const std::string& program) {
  if (vec.ndim() != 1 || vec.shape(0) != static_cast<py::ssize_t>(self.vec_size)) {
    throw py::value_error("a vector of this rig has shape (" + std::to_string(self.vec_size) +
                          ",)");
  }
  const float* elements = vec.data();
  const CallProfile measured = value_or_throw([&] {
    const WithoutGil release;
    return profile(self.rig, elements, program);
  }());
  const py::list channels = channels_of(self);
  py::list parts;
  for (const PartTime& part : measured.parts) {
    py::list of_part;
    for (const auto& [first, last] : part.channels) {
      for (std::size_t channel = first; channel <= last; ++channel)
        of_part.append(channels[channel]);
    }
    py::dict entry;
    entry["path"] = py::tuple(py::cast(part.path));
    entry["what"] = part.what;
    entry["ns"] = part.ns;
    entry["share"] = part.share;
    entry["channels"] = of_part;
    parts.append(entry);
  }
  py::dict result;
  result["call_ns"] = measured.call_ns;
  result["parts"] = parts;
  return result;
}

}  // namespace

void bind_emit(RigClass& rig) {
  rig.def("_emit", &emitted);
  rig.def(
      "emit",
      [](const py::object& self, const py::object& directory, const py::object& kinds,
         const py::object& target, const py::object& prefix, const py::object& programs) {
        return py::module_::import("rigjit._emit")
            .attr("emit")(self, directory, kinds, target, prefix, programs);
      },
      py::arg("directory"), py::kw_only(), py::arg("kinds") = py::make_tuple("object", "header"),
      py::arg("target") = py::none(), py::arg("prefix") = py::none(),
      py::arg("programs") = py::none(),
      "Writes the rig's code as files for programs that link it, and returns their paths.\n\n"
      "kinds: of 'object', 'assembly', 'ir', 'header'; target: a machine of `rigjit info`, by\n"
      "default the rig's own; prefix: what C names begin with, by default the rig's name;\n"
      "programs: by default 'message', 'values' and 'vector'. RigError for what is none of these\n"
      "and for names that clash in C, OSError where a file cannot be written.");
  rig.def(
      "profile", &profiled, py::arg("vec"), py::arg("program") = "message",
      "What share of a call each part takes, measured now: a dict with call_ns, nanoseconds of\n"
      "a call, and parts, each a dict with path, what, ns, share (of the sum) and channels.\n\n"
      "program: 'message' or 'values'. Takes about a tenth of a second.");
}

}  // namespace rigjit::python
