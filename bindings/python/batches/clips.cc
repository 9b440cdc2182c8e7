// Clips and streams of frames: rigjit/clip.h, clip_stream.h.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "calls/loaded_rig.h"
#include "input/float_input.h"
#include "input/spec_source.h"
#include "rigjit/clip.h"
#include "rigjit/clip_stream.h"
#include "support/errors.h"
#include "support/late_import.h"
#include "support/whole_number.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// fps: int, float, Fraction or text, all of which Python writes as parse_frame_rate reads them.
// start_frame: a whole number, or None.
ClipTiming timing_of(const py::object& fps, const py::object& start_frame) {
  ClipTiming timing;
  if (PyBool_Check(fps.ptr()) != 0 || PyBytes_Check(fps.ptr()) != 0) {
    throw py::type_error("fps must be a number, a Fraction or text like '24000/1001', not " +
                         std::string(Py_TYPE(fps.ptr())->tp_name));
  }
  if (!fps.is_none()) {
    const py::str text(fps);
    Py_ssize_t size = 0;
    const char* utf8 = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (utf8 == nullptr) {  // a lone surrogate
      throw py::error_already_set();
    }
    timing.fps = value_or_throw(parse_frame_rate({utf8, static_cast<std::size_t>(size)}));
  }
  timing.start_frame = optional_whole_number(start_frame, "start_frame");
  return timing;
}

// The mask of errors="mask"; none for errors="raise".
class Mask {
 public:
  Mask(const std::string& errors, std::size_t frames) {
    if (errors == "mask") {
      mask_ = py::array_t<bool>(static_cast<py::ssize_t>(frames));
      valid_ = reinterpret_cast<uint8_t*>(mask_->mutable_data());
    } else if (errors != "raise") {
      throw py::value_error("errors must be 'raise' or 'mask', not '" + errors + "'");
    }
  }
  [[nodiscard]] uint8_t* valid() const noexcept { return valid_; }
  // `result`, or (result, mask).
  [[nodiscard]] py::object with(const py::object& result) const {
    return mask_ ? py::make_tuple(result, *mask_) : result;
  }
  [[nodiscard]] py::object mask() const { return mask_ ? py::object(*mask_) : py::none(); }

 private:
  std::optional<py::array_t<bool>> mask_;
  uint8_t* valid_ = nullptr;
};

// Runs `step`, whose Status says what to throw, without the GIL.
template <typename Step>
void run_without_gil(Step step) {
  const Status status = [&] {
    const WithoutGil release;
    return step();
  }();
  value_or_throw(status);
}

// `before` and `size` bytes more, which `fill` writes without the GIL.
template <typename Fill>
py::bytes filled_bytes(const std::string& before, std::size_t size, Fill fill) {
  const auto total = static_cast<py::ssize_t>(before.size() + size);
  auto bytes = py::reinterpret_steal<py::bytes>(PyBytes_FromStringAndSize(nullptr, total));
  if (!bytes) {
    throw py::error_already_set();
  }
  char* begin = PyBytes_AS_STRING(bytes.ptr());
  run_without_gil([&] {
    before.copy(begin, before.size());
    return fill(reinterpret_cast<uint8_t*>(begin) + before.size());
  });
  return bytes;
}

// What frames of (n, vec_size) floats continue from; none where each stands by itself.
std::optional<Stream> stream_of(const LoadedRig& rig, bool continuous, const py::object& start) {
  if (continuous) {
    return make_stream(rig, start);
  }
  if (!start.is_none()) {
    throw py::value_error("start goes with continuous=True");
  }
  return std::nullopt;
}

py::object clip(const LoadedRig& self, const py::object& vecs, const py::object& fps,
                const py::object& start_frame, const std::string& errors, bool continuous,
                const py::object& start) {
  const ClipTiming timing = timing_of(fps, start_frame);
  std::optional<Stream> stream = stream_of(self, continuous, start);
  const FloatInput input = FloatInput::batch(vecs, self.rig.vec_size());
  const Mask mask(errors, input.frames());
  const std::string header = value_or_throw(clip_header(self.rig, input.frames(), timing));
  const std::size_t size = input.frames() * self.rig.channel_count() * sizeof(float);
  return mask.with(filled_bytes(header, size, [&](uint8_t* out) {
    auto* values = reinterpret_cast<float*>(out);
    return stream
               ? stream->push_values_batch(input.data(), input.frames(), values, mask.valid())
               : self.rig.vec_to_values_batch(input.data(), input.frames(), values, mask.valid());
  }));
}

py::bytes clip_stream_schema(const LoadedRig& self, const py::object& fps,
                             const py::object& start_frame) {
  return value_or_throw(stream_schema(self.rig, timing_of(fps, start_frame)));
}

// What the next frame continues from: the last good one of those that were sent, one value a
// channel, or what it was before.
py::object last_values(const LoadedRig& self, const py::bytes& frames, std::size_t count,
                       const uint8_t* valid, const py::object& before) {
  while (count > 0 && valid != nullptr && valid[count - 1] == 0) {
    --count;
  }
  if (count == 0) {
    return before;
  }
  const std::size_t row_size = self.channel_count * sizeof(float);
  const char* frame = PyBytes_AS_STRING(frames.ptr()) + count * stream_frame_size(self.rig);
  py::array_t<float> values(static_cast<py::ssize_t>(self.channel_count));
  std::memcpy(values.mutable_data(), frame - row_size, row_size);
  return values;
}

// The bytes of `count` frames, which `convert(out, stream)` writes, the mask, and the `start` of
// those that follow.
template <typename Convert>
py::tuple frames_to_send(const LoadedRig& self, std::size_t count, const Mask& mask,
                         bool continuous, const py::object& start, Convert convert) {
  std::optional<Stream> stream = stream_of(self, continuous, start);
  const std::size_t size = count * stream_frame_size(self.rig);
  const py::bytes frames = filled_bytes(
      {}, size, [&](uint8_t* out) { return convert(out, stream ? &*stream : nullptr); });
  const py::object next =
      continuous ? last_values(self, frames, count, mask.valid(), start) : py::none();
  return py::make_tuple(frames, mask.mask(), next);
}

py::tuple clip_stream_frames(const LoadedRig& self, const py::object& vecs,
                             const std::string& errors, bool continuous, const py::object& start) {
  const FloatInput input = FloatInput::batch(vecs, self.rig.vec_size());
  const Mask mask(errors, input.frames());
  return frames_to_send(
      self, input.frames(), mask, continuous, start, [&](uint8_t* out, Stream* stream) {
        return stream_frames(self.rig, input.data(), input.frames(), out, mask.valid(), stream);
      });
}

py::tuple clip_stream_frame(const LoadedRig& self, const py::object& vec, bool continuous,
                            const py::object& start) {
  const FloatInput input = FloatInput::vector(vec, self.rig.vec_size());
  return frames_to_send(self, 1, Mask("raise", 1), continuous, start,
                        [&](uint8_t* out, Stream* stream) {
                          return stream_frame(self.rig, input.data(), out, stream);
                        });
}

// A ClipWriter and the rig that it converts for.
struct PythonClipWriter {
  Rig rig;
  ClipWriter writer;
};

std::unique_ptr<PythonClipWriter> open_writer(const py::object& path, const LoadedRig& rig,
                                              const py::object& fps, const py::object& start_frame,
                                              bool append, bool continuous,
                                              const py::object& start) {
  const std::string name = file_name(path);
  const ClipTiming timing = timing_of(fps, start_frame);
  if (!continuous && !start.is_none()) {
    throw py::value_error("start goes with continuous=True");
  }
  const py::object values = start.is_none() ? start : start_values(rig, start);
  const Continuity continuity{continuous, start.is_none() ? nullptr : floats_in(values)};
  Result<ClipWriter> writer = [&] {
    const WithoutGil release;
    return append ? ClipWriter::append(name, rig.rig, timing, continuity)
                  : ClipWriter::create(name, rig.rig, timing, continuity);
  }();
  return std::make_unique<PythonClipWriter>(rig.rig, value_or_throw(std::move(writer)));
}

void write(PythonClipWriter& self, const py::object& vec) {
  const FloatInput input = FloatInput::vector(vec, self.rig.vec_size());
  run_without_gil([&] { return self.writer.write(input.data()); });
}

py::object write_batch(PythonClipWriter& self, const py::object& vecs, const std::string& errors) {
  const FloatInput input = FloatInput::batch(vecs, self.rig.vec_size());
  const Mask mask(errors, input.frames());
  run_without_gil(
      [&] { return self.writer.write_batch(input.data(), input.frames(), mask.valid()); });
  return mask.mask();
}

void close_writer(PythonClipWriter& self) {
  run_without_gil([&] { return self.writer.close(); });
}

void bind_writer(py::module_& module) {
  py::class_<PythonClipWriter> writer(
      module, "ClipWriter", py::is_final(),
      "Writes a clip frame by frame; a context manager.\n\n"
      "After every call the file holds whole frames, also if the process is killed; close makes\n"
      "it a complete safetensors file. Any thread may use it. append=True continues a clip of the\n"
      "same rig after its last whole frame; fps and start_frame are then the clip's, and an error\n"
      "if given otherwise. fps: int, float (23.976 is 24000/1001), Fraction or '24000/1001'; 24\n"
      "by default. continuous: each frame continues the one before, as Rig.stream says, also "
      "those\n"
      "that another writer wrote; start: values that the first one continues from instead. Raises "
      "RigError (code 'rig-mismatch') saying what differs, or OSError.");
  writer.attr("__module__") = "rigjit";
  writer.def(py::init(&open_writer), py::arg("path"), py::arg("rig"), py::kw_only(),
             py::arg("fps") = py::none(), py::arg("start_frame") = py::none(),
             py::arg("append") = false, py::arg("continuous") = false,
             py::arg("start") = py::none());
  writer.def("write", &write, py::arg("vec"), "Write one frame, of (vec_size,) floats.");
  writer.def(
      "write_batch", &write_batch, py::arg("vecs"), py::arg("errors") = "raise",
      "Write (n, vec_size) floats as n frames. A bad frame is an error, and none of them is\n"
      "written; with errors='mask' all are, bad ones as zeros, and the mask is returned.");
  writer.def("close", &close_writer, "Make the file complete. A second call does nothing.");
  writer.def_property_readonly("closed",
                               [](const PythonClipWriter& self) { return !self.writer.is_open(); });
  writer.def(
      "__len__", [](const PythonClipWriter& self) { return self.writer.frame_count(); },
      "Frames in the file, with those that were there before.");
  writer.def("__enter__", [](const py::object& self) { return self; });
  writer.def(
      "__exit__",
      [](PythonClipWriter& self, const py::object&, const py::object&, const py::object&) {
        close_writer(self);
      },
      py::arg() = py::none(), py::arg() = py::none(), py::arg() = py::none());
}

}  // namespace

void bind_clips(py::module_& module, RigClass& rig) {
  rig.def("clip", &clip, py::arg("vecs"), py::kw_only(), py::arg("fps") = 24,
          py::arg("start_frame") = 0, py::arg("errors") = "raise", py::arg("continuous") = false,
          py::arg("start") = py::none(),
          "(n, vec_size) floats as the bytes of a clip, for a file or a client's rigjit_clip.\n\n"
          "fps: int, float (23.976 is 24000/1001), Fraction or '24000/1001'. errors='mask':\n"
          "returns (bytes, mask); bad frames are zeros. continuous: each frame continues the one\n"
          "before, as Rig.stream says; start: what the first one continues from.");
  rig.def(
      "clip_stream",
      [](const py::object& self, const py::object& file, const py::object& fps,
         const py::object& start_frame, bool continuous, const py::object& start) {
        return late_import("rigjit.clips")
            .attr("ClipStreamWriter")(file, self, py::arg("fps") = fps,
                                      py::arg("start_frame") = start_frame,
                                      py::arg("continuous") = continuous, py::arg("start") = start);
      },
      py::arg("file"), py::kw_only(), py::arg("fps") = 24, py::arg("start_frame") = 0,
      py::arg("continuous") = false, py::arg("start") = py::none(),
      "A ClipStreamWriter that sends frames over a socket, pipe or binary file.");
  module.def("_clip_stream_schema", &clip_stream_schema);
  module.def("_clip_stream_frames", &clip_stream_frames);
  module.def("_clip_stream_frame", &clip_stream_frame);
  bind_writer(module);
}

}  // namespace rigjit::python
