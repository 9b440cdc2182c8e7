// What a file of frames holds, for rigjit.inputs: headers of clips and vector files, and where the
// poses of a stream of bytes lie.
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "calls/loaded_rig.h"
#include "clips/file_header.h"
#include "poses/pose_splitter.h"
#include "support/errors.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

std::string_view view_of(const py::bytes& bytes) {
  return {PyBytes_AS_STRING(bytes.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.ptr()))};
}

// (whether it is a clip, rows, (numerator, denominator) and start frame of a clip or None, the
// (controller, attribute) of a clip without a rig hash).
py::tuple file_header(const py::bytes& header, const LoadedRig& rig) {
  const FileHeader found = value_or_throw(parse_file_header(view_of(header), rig.rig));
  py::list names;
  for (const Channel& channel : found.named_channels) {
    names.append(py::make_tuple(channel.controller, channel.attribute));
  }
  py::object fps = py::none();
  if (found.timing.fps) {
    fps = py::make_tuple(found.timing.fps->numerator, found.timing.fps->denominator);
  }
  return py::make_tuple(found.kind == FileHeader::Kind::kClip, found.row_count, fps,
                        found.timing.start_frame, names);
}

std::size_t header_size(const py::bytes& start) {
  if (view_of(start).size() < kFileStart) throw py::value_error("a header begins with 8 bytes");
  return value_or_throw(file_header_size(view_of(start).data()));
}

struct Splitter {
  PoseSplitter splitter;
  std::optional<Errors> failure = {};
};

std::unique_ptr<Splitter> make_splitter(const std::string& form) {
  if (form != "json" && form != "msgpack") {
    throw py::value_error("form must be 'json' or 'msgpack', not '" + form + "'");
  }
  using Form = PoseOptions::Form;
  return std::make_unique<Splitter>(
      PoseSplitter(form == "json" ? Form::kJson : Form::kMessagePack));
}

// The poses that lie in `data` whole, at most `most`, and how many bytes are done with. What is
// wrong behind them the next call says.
py::tuple split(Splitter& self, const py::bytes& data, bool is_all, std::size_t most) {
  const std::string_view bytes = view_of(data);
  if (self.failure) throw_python_error(*self.failure);
  py::list poses;
  std::size_t at = 0;
  while (poses.size() < most) {
    const auto place = self.splitter.next(bytes.data() + at, bytes.size() - at, is_all);
    if (!place) {
      self.failure = place.errors();
      if (poses.empty()) throw_python_error(*self.failure);
      break;
    }
    at += place->begin;
    if (place->size == 0) break;
    poses.append(py::bytes(bytes.data() + at, place->size));
    at += place->size;
  }
  return py::make_tuple(poses, at);
}

}  // namespace

void bind_input_files(py::module_& module) {
  module.def("_file_header_size", &header_size, py::arg("start"), py::pos_only());
  module.def("_file_header", &file_header, py::arg("header"), py::arg("rig"), py::pos_only());
  py::class_<Splitter> splitter(module, "_PoseSplitter", py::is_final());
  splitter.def(py::init(&make_splitter), py::arg("form"), py::pos_only());
  splitter.def("split", &split, py::arg("data"), py::arg("is_all"), py::arg("most"),
               py::pos_only());
}

}  // namespace rigjit::python
