// Stream: frames that continue each other.
#include "rigjit/stream.h"

#include <memory>
#include <mutex>

#include "calls/fast_call.h"
#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "input/vector_input.h"
#include "support/errors.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

struct LoadedStream {
  LoadedStream(const LoadedRig& rig, const py::object& start)
      : vec_size(rig.vec_size),
        msgpack_size(rig.msgpack_size),
        channel_count(rig.channel_count),
        stream(make_stream(rig, start)) {}

  std::size_t vec_size;
  std::size_t msgpack_size;
  std::size_t channel_count;
  // Held over nothing that calls Python.
  std::mutex mutex;
  Stream stream;  // protected by mutex
};

// With the GIL held only what takes no time: what compiles, or reads the spec again to say what is
// wrong with a frame, runs without it.
template <typename Try, typename Push>
void convert(LoadedStream& self, Try&& try_push, Push&& push) {
  {
    const std::unique_lock lock(self.mutex, std::try_to_lock);
    if (lock && try_push(self.stream)) {
      return;
    }
  }
  const Status status = [&] {
    const WithoutGil release;
    const std::lock_guard lock(self.mutex);
    return push(self.stream);
  }();
  if (!status.ok()) {
    throw_python_error(status.errors());
  }
}

void rebase(LoadedStream& self) {
  const WithoutGil release;
  const std::lock_guard lock(self.mutex);
  self.stream.rebase();
}

py::bytes push(LoadedStream& self, const py::object& vec) {
  auto message = py::reinterpret_steal<py::bytes>(
      PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(self.msgpack_size)));
  if (!message) {
    throw py::error_already_set();
  }
  const VectorInput input(vec.ptr(), self.vec_size);
  auto* out = reinterpret_cast<uint8_t*>(PyBytes_AS_STRING(message.ptr()));
  convert(
      self, [&](Stream& stream) { return stream.try_push(input.data(), out); },
      [&](Stream& stream) { return stream.push(input.data(), out); });
  return message;
}

py::object push_values(LoadedStream& self, const py::object& vec) {
  import_numpy();
  auto values = py::reinterpret_steal<py::object>(new_float_array(self.channel_count));
  if (!values) {
    throw py::error_already_set();
  }
  const VectorInput input(vec.ptr(), self.vec_size);
  auto* out = reinterpret_cast<float*>(py::detail::array_proxy(values.ptr())->data);
  convert(
      self, [&](Stream& stream) { return stream.try_push_values(input.data(), out); },
      [&](Stream& stream) { return stream.push_values(input.data(), out); });
  return values;
}

}  // namespace

py::object start_values(const LoadedRig& loaded, const py::object& start) {
  return arrays_module().attr("start_values")(start, loaded.channel_count);
}

const float* floats_in(const py::object& array) {
  return reinterpret_cast<const float*>(py::detail::array_proxy(array.ptr())->data);
}

Stream make_stream(const LoadedRig& loaded, const py::object& start) {
  const py::object values = start.is_none() ? start : start_values(loaded, start);
  const float* first = start.is_none() ? nullptr : floats_in(values);
  Result<Stream> stream = [&] {
    const WithoutGil release;
    return loaded.rig.stream(first);
  }();
  return value_or_throw(std::move(stream));
}

void bind_stream(py::module_& module, RigClass& rig) {
  py::class_<LoadedStream>(
      module, "Stream", py::is_final(),
      "Frames converted one after the other, each to the numbers nearest to the frame before.\n\n"
      "See Rig.stream. For one thread at a time.")
      .def("push", &push, py::arg("vec"),
           "What vec_to_rig returns for the next frame, continuing the one before. A RigError is\n"
           "not remembered: the next frame continues the last good one.")
      .def("push_values", &push_values, py::arg("vec"),
           "The same as (len(channels),) float32, in the order of channels.")
      .def("rebase", &rebase,
           "Take the whole turns off the angles of the last frame, so that the next one continues\n"
           "within half a turn of 0. The pose is the same; the curves jump by whole turns. A "
           "float32\n"
           "tells an angle of N turns to 2.2e-5 degrees times N.");
  rig.def(
      "stream",
      [](const LoadedRig& self, const py::object& start) {
        return std::make_unique<LoadedStream>(self, start);
      },
      py::arg("start") = py::none(),
      "Converts frames one after the other so that curves don't jump: of both triples of Euler\n"
      "angles and of all turns the nearest to the frame before (at gimbal lock too), quaternions\n"
      "of the nearer sign. Angles may leave +-180 degrees; the pose is the same.\n\n"
      "start: (len(channels),) values that the first frame continues from; without them it is "
      "what\n"
      "vec_to_rig gives.");
}

}  // namespace rigjit::python
